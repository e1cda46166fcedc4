package dev.taskscheduler.process;

import java.time.Duration;

/// Bounds an ordered stop: where it takes longer, the process is ended as it stands.
public final class StopLimit {
  private StopLimit() {}

  /// Starts to count.
  ///
  /// @param limit after which the process ends with status 1
  public static void begin(Duration limit) {
    Thread.ofPlatform()
        .daemon()
        .name("stop-limit")
        .start(() -> {
          try {
            Thread.sleep(limit);
          } catch (InterruptedException e) {
            return; // nobody has a reason to
          }
          Runtime.getRuntime().halt(VitalThreads.FAILED);
        });
  }
}
