package dev.taskscheduler.runner.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.io.HttpMessageParser;

/// Bounds the heads of the answers to one request, interim ones too, on one connection: each by
/// [#MOST], and all that are read at once by the memory limit for answers, since targets that send
/// large heads and then stall would fill the heap otherwise.
///
/// For one thread at a time.
final class HeadLimit {
  /// Bytes for one request.
  static final int MOST = 32 << 10;

  private static final int UNCOUNTED = 4 << 10; // bytes that no usual head goes beyond
  private static final int CHAR = 2; // bytes in the heap for each that is read

  private final ResponseMemoryLimit room;
  private int read;
  private int blocks;

  HeadLimit(ResponseMemoryLimit room) {
    this.room = room;
  }

  /// Reads heads within the bounds.
  HttpMessageParser<ClassicHttpResponse> parser(Http1Config config) {
    HttpMessageParser<ClassicHttpResponse> parser =
        DefaultHttpResponseParserFactory.INSTANCE.create(config);
    return (buffer, in) -> parser.parse(buffer, new Counted(in));
  }

  /// What was read is not needed any more.
  void release() {
    room.giveBack(blocks);
    blocks = 0;
    read = 0;
  }

  private void count(int bytes) throws IOException {
    read += bytes;
    if (read > MOST) {
      throw new MessageConstraintException("the head of its answer is larger than 32 KiB");
    }
    while (blocks * (long) ResponseMemoryLimit.BLOCK < (long) CHAR * (read - UNCOUNTED)) {
      if (!room.take()) {
        throw new IOException("no memory is left for the head of its answer");
      }
      blocks++;
    }
  }

  private final class Counted extends FilterInputStream {
    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      count(next < 0 ? 0 : 1);
      return next;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int bytes = super.read(into, from, length);
      count(Math.max(0, bytes));
      return bytes;
    }
  }
}
