package dev.taskscheduler;

import dev.taskscheduler.conf.ConfigException;
import dev.taskscheduler.conf.Logging;
import dev.taskscheduler.conf.SchedulerConfig;
import java.util.concurrent.CountDownLatch;

/// Runs a node until it is told to stop.
public final class Main {
  private static final int BAD_CONFIGURATION = 2;
  private static final int FAILED = 1;

  private Main() {}

  /// Exit status: 143 after SIGTERM and 130 after SIGINT, once all has stopped in order; 1 if the
  /// node could not start; 2 if its configuration is at fault.
  public static void main(String[] args) throws InterruptedException {
    pollOnPlatformThreads();
    SchedulerConfig config;
    try {
      config = SchedulerConfig.load(System.getenv());
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      System.exit(BAD_CONFIGURATION);
      return;
    }
    Logging.configure(config.log().format(), config.log().level());
    Node node;
    try {
      node = new Node(config);
    } catch (RuntimeException e) {
      System.err.println("The node cannot start: " + e.getMessage());
      System.getLogger(Main.class.getName()).log(System.Logger.Level.DEBUG, "cannot start", e);
      System.exit(FAILED);
      return;
    }
    // Helidon's hook keeps logging alive until the node has stopped; the JDK's own would cut the
    // last lines.
    io.helidon.Main.addShutdownHandler(node::close);
    new CountDownLatch(1).await();
  }

  /// The JDK wakes a virtual thread that waits for a socket by way of another virtual thread; by
  /// way of a platform thread it is one hop less, which is a fifth of the time from a submission to
  /// its start on an idle machine (`docs/benchmarks.md`). To be said before the first socket; a
  /// value that was given stands.
  private static void pollOnPlatformThreads() {
    if (System.getProperty("jdk.pollerMode") == null) {
      System.setProperty("jdk.pollerMode", "1");
    }
  }
}
