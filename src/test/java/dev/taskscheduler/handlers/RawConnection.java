package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A connection that sends what no client library would.
final class RawConnection implements AutoCloseable {
  private static final int LIMIT_MS = 15_000;

  private final Socket socket;
  private final InputStream in;

  /// @param headers by name in lower case
  record Answer(int status, Map<String, String> headers, byte[] body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  RawConnection(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(LIMIT_MS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  RawConnection send(String text) throws IOException {
    return send(text.getBytes(ISO_8859_1));
  }

  RawConnection send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /// Sends no more, and goes on reading.
  RawConnection endOutput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  RawConnection submit(byte[] body) throws IOException {
    send(
        "POST /submit HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length
            + "\r\n\r\n");
    return send(body);
  }

  Answer read() throws IOException {
    return read(true);
  }

  /// @param entity false for the answer to HEAD
  Answer read(boolean entity) throws IOException {
    String first = line();
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = entity ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
    byte[] body = in.readNBytes(length);
    return new Answer(Integer.parseInt(first.split(" ", 3)[1]), headers, body);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("closed after: " + line);
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }

  /// Waits until the server closes; whatever it sends before that is thrown away.
  ///
  /// @throws java.net.SocketTimeoutException if it does not
  void awaitClosed() throws IOException {
    try {
      while (in.read() >= 0) {}
    } catch (java.net.SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      // reset: closed as well
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
