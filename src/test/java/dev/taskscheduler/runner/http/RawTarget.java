package dev.taskscheduler.runner.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// A target that says bytes of its own, for answers that no real server gives.
final class RawTarget implements AutoCloseable {
  interface Talk {
    void on(OutputStream out) throws Exception;
  }

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger heads = new AtomicInteger();
  private final CountDownLatch hungUp = new CountDownLatch(1);

  /// @param talk after each head of a request; the connection stays open after it
  RawTarget(Talk talk) throws IOException {
    Thread.ofVirtual().start(() -> accept(talk));
  }

  static RawTarget saying(String... parts) throws IOException {
    return new RawTarget(out -> {
      for (String part : parts) {
        out.write(part.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
      }
    });
  }

  private void accept(Talk talk) {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket, talk));
      }
    } catch (IOException e) {
      hungUp.countDown(); // the test is over
    }
  }

  private void serve(Socket socket, Talk talk) {
    try (socket) {
      InputStream in = socket.getInputStream();
      int last = 0;
      for (int next = in.read(); next >= 0; next = in.read()) {
        last = (last << 8) | next;
        if (last == 0x0d0a0d0a) {
          heads.incrementAndGet();
          talk.on(socket.getOutputStream());
        }
      }
      hungUp.countDown();
    } catch (Exception e) { // a connection that was reset is one that was hung up
      hungUp.countDown();
    }
  }

  String url() {
    return "http://target.test:" + server.getLocalPort() + "/";
  }

  /// How many requests came.
  int heads() {
    return heads.get();
  }

  int connections() {
    return sockets.size();
  }

  /// Open until a client has closed a connection.
  CountDownLatch hungUp() {
    return hungUp;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
