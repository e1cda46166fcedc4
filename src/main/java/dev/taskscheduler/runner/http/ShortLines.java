package dev.taskscheduler.runner.http;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.io.HttpTransportMetrics;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;

/// Bounds each line of a chunked body: chunk sizes and trailers. Trailers are not counted in the
/// memory limit for answers, and httpcore5 bounds their number and their folded lines only.
record ShortLines(SessionInputBuffer buffer) implements SessionInputBuffer {
  private static final int MOST = 1024;

  @Override
  public int readLine(CharArrayBuffer line, InputStream in) throws IOException {
    int before = line.length();
    int read = buffer.readLine(line, in);
    if (line.length() - before > MOST) {
      throw new MessageConstraintException("a line of a chunk or a trailer is longer than 1 KiB");
    }
    return read;
  }

  @Override
  public int read(byte[] into, int from, int length, InputStream in) throws IOException {
    return buffer.read(into, from, length, in);
  }

  @Override
  public int read(byte[] into, InputStream in) throws IOException {
    return buffer.read(into, in);
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
