package dev.taskscheduler.node;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.management.VirtualThreadSchedulerMXBean;

/// Keeps virtual threads going while tasks compute.
///
/// All virtual threads share a few carriers, one for each core. A task that computes keeps its
/// carrier until it ends or waits, be it for ever; as many of those as there are cores would stop
/// the dispatcher, the clock that ends attempts, and all answers over HTTP. Where a virtual thread
/// is not run within a second, the scheduler is given twice the carriers, so that the operating
/// system shares the cores out; long after the last time it gets its own number again.
final class Carriers implements Runnable {
  private static final System.Logger LOG = System.getLogger(Carriers.class.getName());
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
  private static final Duration BACK_AFTER = Duration.ofMinutes(10);
  private static final int MOST = 256; // as many as the JDK makes
  private static final AtomicBoolean WATCHED = new AtomicBoolean();

  private int usual;
  private int now;
  private long raisedNanos;

  private Carriers() {}

  /// From the first call on, as long as the process lives: what it has once started goes on, also
  /// when it leads no longer.
  static void watch() {
    if (WATCHED.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("carriers").start(new Carriers());
    }
  }

  @Override
  public void run() {
    try {
      while (true) {
        CountDownLatch ran = new CountDownLatch(1);
        Thread.ofVirtual().name("carrier-probe").start(ran::countDown);
        if (!ran.await(LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS)) {
          raise();
        } else if (now > usual && System.nanoTime() - raisedNanos > BACK_AFTER.toNanos()) {
          set(usual);
          LOG.log(
              INFO, () -> "carriers of virtual threads back to their usual number carriers=" + now);
        }
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void raise() {
    if (usual == 0) {
      usual = scheduler().getParallelism();
      now = usual;
    }
    raisedNanos = System.nanoTime();
    if (now < MOST) {
      set(Math.min(2 * now, MOST));
      LOG.log(
          WARNING,
          () ->
              "tasks compute for long and block others, so there are more carriers now:"
                  + " let such runners use their own threads carriers="
                  + now);
    }
    wake();
  }

  private void set(int carriers) {
    scheduler().setParallelism(carriers);
    now = carriers;
  }

  /// The scheduler makes a carrier when something is put into an empty queue of its, and this
  /// thread's queue is not empty any more: a new thread has another one.
  private static void wake() {
    Thread.ofPlatform()
        .daemon()
        .name("carriers-wake")
        .start(() -> Thread.startVirtualThread(() -> {}));
  }

  private static VirtualThreadSchedulerMXBean scheduler() {
    return ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
  }
}
