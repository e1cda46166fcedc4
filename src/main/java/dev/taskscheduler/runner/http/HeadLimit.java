package dev.taskscheduler.runner.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.io.HttpMessageParser;

/// Limits the heads of the responses to one request, interim ones too, to [#MAX_BYTES]. All heads
/// that are read at the same time share the memory limit for responses, since targets that send
/// large heads and then stall would fill the heap otherwise.
///
/// For one thread at a time.
final class HeadLimit {
  /// Bytes for one request.
  static final int MAX_BYTES = 32 << 10;

  private static final int UNCOUNTED = 4 << 10; // a usual head is smaller
  private static final int CHAR = 2; // bytes of heap for each byte that is read

  private final ResponseMemoryLimit memory;
  private int read;
  private int blocks;

  HeadLimit(ResponseMemoryLimit memory) {
    this.memory = memory;
  }

  /// A parser that reads heads within the limits.
  HttpMessageParser<ClassicHttpResponse> parser(Http1Config config) {
    HttpMessageParser<ClassicHttpResponse> parser =
        DefaultHttpResponseParserFactory.INSTANCE.create(config);
    return (buffer, in) -> parser.parse(buffer, new CountingStream(in));
  }

  /// Releases the memory of the heads that were read.
  void release() {
    memory.release(blocks);
    blocks = 0;
    read = 0;
  }

  private void count(int bytes) throws IOException {
    read += bytes;
    if (read > MAX_BYTES) {
      throw new MessageConstraintException("the headers of the response are larger than 32 KiB");
    }
    while (blocks * (long) ResponseMemoryLimit.BLOCK < (long) CHAR * (read - UNCOUNTED)) {
      if (!memory.tryAcquire()) {
        throw new IOException("no memory is left for the headers of the response");
      }
      blocks++;
    }
  }

  private final class CountingStream extends FilterInputStream {
    CountingStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      count(next < 0 ? 0 : 1);
      return next;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int bytes = super.read(buffer, offset, length);
      count(Math.max(0, bytes));
      return bytes;
    }
  }
}
