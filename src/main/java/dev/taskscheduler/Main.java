package dev.taskscheduler;

import dev.taskscheduler.conf.ConfigException;
import dev.taskscheduler.conf.SchedulerConfig;
import dev.taskscheduler.handlers.HelidonServices;
import dev.taskscheduler.logging.Logging;
import dev.taskscheduler.process.StopLimit;
import java.security.Security;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs a node until a signal stops it.
public final class Main {
  private static final int BAD_CONFIGURATION = 2;
  private static final int FAILED = 1;

  /// The bound of a stop without its drain: leadership, requests in flight, the log.
  private static final Duration LONGEST_STOP = Duration.ofSeconds(30);

  private static final Duration LONGEST_START = Duration.ofSeconds(10);

  private Main() {}

  /// Exits with status 143 after SIGTERM and 130 after SIGINT, once all has stopped in order; with
  /// 1 if the node could not start or its HTTP port was lost; with 2 if its configuration has a
  /// fault.
  public static void main(String[] args) throws InterruptedException {
    forgetNames();
    HelidonServices.say();
    SchedulerConfig config;
    try {
      config = SchedulerConfig.load(System.getenv());
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      System.exit(BAD_CONFIGURATION);
      return;
    }
    Logging.configure(config.log().format(), config.log().level(), config.leader().node());
    System.Logger log = System.getLogger(Main.class.getName());
    config.warnings().forEach(warning -> log.log(System.Logger.Level.WARNING, warning));
    try {
      start(config);
    } catch (RuntimeException | Error e) {
      System.err.println("The node cannot start: " + e.getMessage());
      log.log(System.Logger.Level.DEBUG, "cannot start", e);
      System.exit(FAILED);
      return;
    }
    new CountDownLatch(1).await();
  }

  /// Keeps the result of a name lookup for one second, also where there was none, so that a node
  /// soon follows a name of Redis or of a peer that moves. The default of the JDK is 30 seconds.
  /// Must run before the first lookup. A value that was set for the JVM stays.
  private static void forgetNames() {
    if (Security.getProperty("networkaddress.cache.ttl") == null) {
      Security.setProperty("networkaddress.cache.ttl", "1");
    }
    if ("10".equals(Security.getProperty("networkaddress.cache.negative.ttl"))) { // the default
      Security.setProperty("networkaddress.cache.negative.ttl", "1");
    }
  }

  /// Starts a node that stops in order when the process ends, also when it ends during the start.
  ///
  /// @throws RuntimeException if it cannot start; its message says why
  static App start(SchedulerConfig config) {
    CompletableFuture<App> started = new CompletableFuture<>();
    CountDownLatch stopped = new CountDownLatch(1);
    Logging.keepUntil(stopped);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> {
                  StopLimit.begin(config.leader().drain().plus(LONGEST_STOP));
                  try {
                    stop(started);
                  } finally {
                    stopped.countDown();
                  }
                }));
    try {
      App node = new App(config, () -> System.exit(FAILED));
      started.complete(node);
      return node;
    } catch (RuntimeException | Error e) {
      started.completeExceptionally(e);
      throw e;
    }
  }

  private static void stop(CompletableFuture<App> started) {
    App node;
    try {
      node = started.get(LONGEST_START.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      return; // nothing runs that could be stopped in order
    }
    node.close();
  }
}
