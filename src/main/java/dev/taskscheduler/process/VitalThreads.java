package dev.taskscheduler.process;

import java.time.Duration;

/// Makes the threads that a node needs. If one of them throws anything, the process ends: a node
/// that is alive but does not work would keep its place, with every probe green.
///
/// The supervisor starts the process again. The next leader reclaims what this one ran, as after
/// any crash.
public final class VitalThreads {
  static final int FAILED = 1;

  private VitalThreads() {}

  /// What such a thread does. An interrupt ends it, and nothing else that it throws is expected.
  public interface Body {
    void run() throws InterruptedException;
  }

  /// A daemon thread of the platform, not started.
  public static Thread platform(String name, Body body) {
    return Thread.ofPlatform()
        .daemon()
        .name(name)
        .uncaughtExceptionHandler(VitalThreads::endProcess)
        .unstarted(() -> untilInterrupted(body));
  }

  /// A virtual thread, not started.
  public static Thread virtual(String name, Body body) {
    return Thread.ofVirtual()
        .name(name)
        .uncaughtExceptionHandler(VitalThreads::endProcess)
        .unstarted(() -> untilInterrupted(body));
  }

  private static void untilInterrupted(Body body) {
    try {
      body.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Waits for a thread's end; an interrupt ends the wait.
  public static void join(Thread thread, Duration longest) {
    untilInterrupted(() -> {
      boolean unused = thread.join(longest);
    });
  }

  /// Ends the process at once: what would stop it in order may wait for the thread that has ended.
  /// Written to standard error, since the log may be what failed.
  @SuppressWarnings("SystemExitOutsideMain")
  private static void endProcess(Thread thread, Throwable thrown) {
    try {
      System.err.println(
          "The node stops: its thread " + thread.getName() + " ended by " + thrown + ".");
      thrown.printStackTrace();
    } finally {
      Runtime.getRuntime().halt(FAILED);
    }
  }
}
