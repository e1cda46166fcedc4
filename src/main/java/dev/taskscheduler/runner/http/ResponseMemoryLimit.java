package dev.taskscheduler.runner.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;

/// Memory for answers. Reads bodies, each up to a bound and all that are under way together up to
/// another: ten thousand targets that each send slowly would fill the heap otherwise.
final class ResponseMemoryLimit {
  static final int BLOCK = 4 << 10;

  private final Semaphore blocks;

  /// @param bytes for all of them together
  ResponseMemoryLimit(long bytes) {
    blocks = new Semaphore((int) Math.clamp(bytes / BLOCK, 1, Integer.MAX_VALUE));
  }

  /// Takes one block, if there is one.
  boolean take() {
    return blocks.tryAcquire();
  }

  void giveBack(int taken) {
    blocks.release(taken);
  }

  /// @param cut whether there was more than was read
  record Body(byte[] bytes, boolean cut) {}

  /// Reads up to `most` bytes; fewer where there is no room for them.
  Body read(InputStream content, int most) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    int taken = 0;
    try {
      while (read.size() <= most) {
        if (!blocks.tryAcquire()) {
          return new Body(read.toByteArray(), content.read() >= 0);
        }
        taken++;
        byte[] block = content.readNBytes(Math.min(BLOCK, most + 1 - read.size()));
        if (block.length == 0) {
          return new Body(read.toByteArray(), false);
        }
        read.writeBytes(block);
      }
      return new Body(Arrays.copyOf(read.toByteArray(), most), true);
    } finally {
      blocks.release(taken);
    }
  }
}
