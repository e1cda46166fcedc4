package dev.taskscheduler.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Submits tasks to a node on this machine as fast as it takes them, so that the node's AOT cache
/// holds profiles of the paths that are hot under load.
record Load(NodeProbe node) {
  private static final int LIMIT_MS = 5_000;
  private static final String LENGTH = "content-length:";
  private static final byte[] REQUEST =
      """
      POST /submit HTTP/1.1\r
      Host: localhost\r
      Content-Type: application/json\r
      Content-Length: 36\r
      \r
      {"payload":{"job":"demo","n":12345}}\
      """
          .getBytes(StandardCharsets.US_ASCII);

  /// Submits on some connections for a time. A connection that fails ends early.
  void run(int connections, Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      threads.add(Thread.ofVirtual().name("load-", i).start(() -> submit(end)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void submit(long end) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", node.port()), LIMIT_MS);
      socket.setSoTimeout(LIMIT_MS);
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (System.nanoTime() - end < 0) {
        socket.getOutputStream().write(REQUEST);
        in.skipNBytes(contentLength(in));
      }
    } catch (IOException e) {
      // the training goes on with what the node has done so far
    }
  }

  /// Reads the head of an answer.
  private static int contentLength(InputStream in) throws IOException {
    int length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
        length = Integer.parseInt(line.substring(LENGTH.length()).strip());
      }
    }
    return length;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the node has closed the connection");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
