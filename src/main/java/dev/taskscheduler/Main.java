package dev.taskscheduler;

import dev.taskscheduler.conf.ConfigException;
import dev.taskscheduler.conf.Logging;
import dev.taskscheduler.conf.SchedulerConfig;
import dev.taskscheduler.handlers.HelidonServices;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs a node until it is told to stop.
public final class Main {
  private static final int BAD_CONFIGURATION = 2;
  private static final int FAILED = 1;
  private static final String JDK_NEGATIVE_TTL = "10";
  private static final Duration LONGEST_START = Duration.ofSeconds(10);

  private Main() {}

  /// Exit status: 143 after SIGTERM and 130 after SIGINT, once all has stopped in order; 1 if the
  /// node could not start; 2 if its configuration is at fault.
  public static void main(String[] args) throws InterruptedException {
    lookUpNamesAnew();
    Thread.ofPlatform().daemon().name("first-use").start(Main::useFirst);
    HelidonServices.say();
    SchedulerConfig config;
    try {
      config = SchedulerConfig.load(System.getenv());
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      System.exit(BAD_CONFIGURATION);
      return;
    }
    Logging.configure(config.log().format(), config.log().level());
    try {
      start(config);
    } catch (RuntimeException e) {
      System.err.println("The node cannot start: " + e.getMessage());
      System.getLogger(Main.class.getName()).log(System.Logger.Level.DEBUG, "cannot start", e);
      System.exit(FAILED);
      return;
    }
    new CountDownLatch(1).await();
  }

  /// A peer that was started anew may have another address under its name. The JDK would keep the
  /// old one for 30 seconds, and for 10 that there is none; what `java.security` says, stays.
  static void lookUpNamesAnew() {
    for (String cache : List.of("networkaddress.cache.ttl", "networkaddress.cache.negative.ttl")) {
      if (Security.getProperty(cache) == null
          || JDK_NEGATIVE_TTL.equals(Security.getProperty(cache))) {
        Security.setProperty(cache, "1");
      }
    }
  }

  /// Of what a start needs, two classes that the JDK takes long to make ready: beside all else.
  private static void useFirst() {
    Objects.requireNonNull(BigDecimal.ONE);
    new SecureRandom().nextLong();
  }

  /// Starts a node that stops in order when the process is told to end, be it while it starts.
  ///
  /// @throws RuntimeException if it cannot start; its message says why
  static Node start(SchedulerConfig config) {
    CompletableFuture<Node> started = new CompletableFuture<>();
    CountDownLatch stopped = new CountDownLatch(1);
    Logging.keepUntil(stopped);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> {
                  try {
                    stop(started);
                  } finally {
                    stopped.countDown();
                  }
                }));
    try {
      Node node = new Node(config);
      started.complete(node);
      return node;
    } catch (RuntimeException e) {
      started.completeExceptionally(e);
      throw e;
    }
  }

  private static void stop(CompletableFuture<Node> started) {
    Node node;
    try {
      node = started.get(LONGEST_START.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      return; // nothing runs that could be stopped in order
    }
    node.close();
  }
}
