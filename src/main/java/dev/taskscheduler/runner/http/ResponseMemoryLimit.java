package dev.taskscheduler.runner.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.Semaphore;

/// Limits the memory of all responses that are read at the same time. Otherwise ten thousand
/// targets that each send slowly would fill the heap.
final class ResponseMemoryLimit {
  static final int BLOCK = 4 << 10;

  private final Semaphore blocks;

  /// @param bytes for all responses together
  ResponseMemoryLimit(long bytes) {
    blocks = new Semaphore((int) Math.clamp(bytes / BLOCK, 1, Integer.MAX_VALUE));
  }

  /// Takes one block, if one is free.
  boolean tryAcquire() {
    return blocks.tryAcquire();
  }

  void release(int acquired) {
    blocks.release(acquired);
  }

  /// A body as far as it was read.
  ///
  /// @param truncated whether there was more
  record Body(byte[] bytes, boolean truncated) {}

  /// Reads up to `maxBytes` bytes; fewer where no memory is left.
  Body read(InputStream content, int maxBytes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int acquired = 0;
    try {
      while (bytes.size() <= maxBytes) {
        if (!blocks.tryAcquire()) {
          return new Body(bytes.toByteArray(), content.read() >= 0);
        }
        acquired++;
        byte[] block = content.readNBytes(Math.min(BLOCK, maxBytes + 1 - bytes.size()));
        if (block.length == 0) {
          return new Body(bytes.toByteArray(), false);
        }
        bytes.writeBytes(block);
      }
      return new Body(Arrays.copyOf(bytes.toByteArray(), maxBytes), true);
    } finally {
      blocks.release(acquired);
    }
  }
}
