package dev.taskscheduler;

import dev.taskscheduler.conf.SchedulerConfig;
import dev.taskscheduler.logging.Logging;
import dev.taskscheduler.testing.Eventually;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// [Main] with somebody in the same process who takes every file that may be open until the node's
/// listener has ended for want of one.
public final class FilesTaker {
  private static final int CLIENTS = 30;
  private static final int PATIENCE_MS = 500;

  private final Queue<FileInputStream> taken = new ConcurrentLinkedQueue<>();
  private final CountDownLatch none = new CountDownLatch(1);
  private volatile boolean ended;

  private FilesTaker() {}

  /// Runs a node and spoils its listener.
  public static void main(String[] args) throws Exception {
    loadAll();
    SchedulerConfig config = SchedulerConfig.load(System.getenv());
    Logging.configure(config.log().format(), config.log().level(), config.leader().node());
    List<SocketChannel> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(SocketChannel.open()); // before there are no files left
    }
    App node = Main.start(config);
    Eventually.await("it leads", () -> node.leadership().leadership().isPresent());
    new FilesTaker().spoil(node.port(), clients); // by now its classes are loaded
  }

  /// Loads the classes of the program, which stand in a folder here: to load one later would take a
  /// file. A jar is open all the time.
  private static void loadAll() throws Exception {
    Path classes = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> all = Files.walk(classes)) {
      for (Path file : all.filter(path -> path.toString().endsWith(".class")).toList()) {
        String name = classes.relativize(file).toString().replace('/', '.');
        if (!name.contains("-")) { // package-info
          Class.forName(
              name.substring(0, name.length() - ".class".length()),
              false,
              FilesTaker.class.getClassLoader());
        }
      }
    }
  }

  private void spoil(int port, List<SocketChannel> clients) throws Exception {
    Thread taker = Thread.ofPlatform().daemon().start(this::take);
    none.await();
    for (SocketChannel client : clients) {
      if (refused(client.socket(), port)) {
        break;
      }
    }
    ended = true;
    taker.join();
    for (FileInputStream file : taken) {
      file.close();
    }
  }

  /// Whether the listener has ended; false while it can accept. One that waits to accept holds a
  /// file for that already, and what is accepted may be closed for want of another.
  private static boolean refused(Socket client, int port) throws IOException {
    try {
      client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (ConnectException e) {
      return true;
    }
    try {
      client.setSoTimeout(PATIENCE_MS);
      var unused = client.getInputStream().read();
    } catch (IOException e) {
      return false; // it was reset, or nothing came
    }
    return false;
  }

  private void take() {
    while (!ended) {
      try {
        taken.add(new FileInputStream("/dev/null"));
      } catch (IOException e) {
        none.countDown();
        LockSupport.parkNanos(100_000);
      }
    }
  }
}
