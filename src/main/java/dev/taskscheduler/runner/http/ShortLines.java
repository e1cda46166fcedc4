package dev.taskscheduler.runner.http;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;

/// Limits each line of a chunked body: chunk sizes and trailers. The memory limit for responses
/// does not count trailers, and httpcore5 limits only their number and their folded lines.
record ShortLines(SessionInputBuffer buffer) implements SessionInputBuffer {
  private static final int MAX_LINE = 1024;

  @Override
  public int readLine(CharArrayBuffer line, InputStream in) throws IOException {
    int before = line.length();
    int read = buffer.readLine(line, in);
    if (line.length() - before > MAX_LINE) {
      throw new MessageConstraintException("a line of a chunk or a trailer is longer than 1 KiB");
    }
    return read;
  }

  @Override
  public int read(byte[] bytes, int offset, int length, InputStream in) throws IOException {
    return buffer.read(bytes, offset, length, in);
  }

  @Override
  public int read(byte[] bytes, InputStream in) throws IOException {
    return buffer.read(bytes, in);
  }

  @Override
  public int read(InputStream in) throws IOException {
    return buffer.read(in);
  }

  @Override
  public int length() {
    return buffer.length();
  }

  @Override
  public int capacity() {
    return buffer.capacity();
  }

  @Override
  public int available() {
    return buffer.available();
  }

  @Override
  public HttpTransportMetrics getMetrics() {
    return buffer.getMetrics();
  }
}
