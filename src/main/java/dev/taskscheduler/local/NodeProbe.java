package dev.taskscheduler.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks a node on this machine, on a plain socket: an HTTP client would cost the start more than
/// all else that `./run` does.
///
/// @param host where it listens, as a client here writes it
record NodeProbe(String host, int port) {
  private static final Pattern ADDRESS = Pattern.compile("\\[?([^\\[\\]]*)]?:(\\d{1,5})");
  private static final int LIMIT_MS = 2_000;

  /// @param listen such as `127.0.0.1:8080`, `[::1]:8080` or `:8080`; a fault of it is port 0
  static NodeProbe of(String listen) {
    Matcher address = ADDRESS.matcher(listen);
    if (!address.matches()) {
      return new NodeProbe("localhost", 0);
    }
    String host = address.group(1);
    boolean here =
        host.isEmpty() || host.equals("0.0.0.0") || host.equals("::") || host.startsWith("127.");
    return new NodeProbe(here ? "localhost" : host, Integer.parseInt(address.group(2)));
  }

  /// What people and programs begin a URL with.
  String url(boolean tls) {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return (tls ? "https" : "http") + "://" + name + ":" + port;
  }

  /// Whether it is ready; with TLS, whether it accepts connections.
  boolean ready(boolean tls) {
    if (port == 0) {
      return false;
    }
    try (Socket socket = connected()) {
      if (tls) {
        return true;
      }
      socket.getOutputStream().write(request("/health/ready"));
      return firstLine(socket).contains(" 200 ");
    } catch (IOException e) {
      return false;
    }
  }

  /// Sends a request whose answer does not matter.
  void send(byte[] request) throws IOException {
    try (Socket socket = connected()) {
      socket.getOutputStream().write(request);
      while (socket.getInputStream().read() >= 0) {
        socket.getInputStream().skipNBytes(Math.max(0, socket.getInputStream().available()));
      }
    }
  }

  static byte[] request(String path) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        .formatted(path)
        .getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] submission(String body) {
    return ("POST /submit HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s")
        .formatted(body.length(), body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private Socket connected() throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(host.equals("localhost") ? "127.0.0.1" : host, port), LIMIT_MS);
      socket.setSoTimeout(LIMIT_MS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static String firstLine(Socket socket) throws IOException {
    String line =
        new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
            .readLine();
    return line == null ? "" : line;
  }
}
