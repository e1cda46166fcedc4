package dev.taskscheduler.local;

import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;

/// Tells a second Ctrl-C from the first, which the JVM would not: it ignores signals while it ends.
final class StopSignals {
  private static final int BY_CTRL_C = 130;

  private StopSignals() {}

  /// From now on the first Ctrl-C ends this process in order.
  ///
  /// @param atOnce called at each further one
  static void install(Runnable atOnce) {
    AtomicBoolean stopping = new AtomicBoolean();
    try {
      Signal.handle(
          new Signal("INT"),
          signal -> {
            if (stopping.compareAndSet(false, true)) {
              System.exit(BY_CTRL_C);
            } else {
              atOnce.run();
            }
          });
    } catch (IllegalArgumentException e) {
      // By the option -Xrs signals are left to the system; it ends the process at the first one.
    }
  }
}
