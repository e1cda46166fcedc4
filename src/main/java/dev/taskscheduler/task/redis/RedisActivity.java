package dev.taskscheduler.task.redis;

import dev.taskscheduler.process.VitalThreads;
import dev.taskscheduler.redis.Admission;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.task.Activity;
import dev.taskscheduler.task.ActivityCounts;
import java.time.Duration;

/// Writes what this node did into the history every two seconds, and nothing where it did nothing:
/// so no task costs a call.
///
/// Nothing that must be right depends on it: it is for people. A call whose outcome is unknown is
/// not repeated.
final class RedisActivity implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RedisActivity.class.getName());
  private static final LuaScript ADD = LuaScript.load(RedisActivity.class, "history-add");
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final Duration LAST = Duration.ofSeconds(2);

  private final ScriptCalls calls;
  private final Admission admission;
  private final Activity activity;
  private final Thread thread;
  private boolean closed; // guarded by this

  RedisActivity(ScriptCalls calls, Admission admission, Activity activity) {
    this.calls = calls;
    this.admission = admission;
    this.activity = activity;
    thread = VitalThreads.virtual("activity", this::write);
    thread.start();
  }

  private void write() throws InterruptedException {
    boolean last = false;
    while (!last) {
      last = rest();
      writeOnce();
    }
  }

  /// Waits until it is time to write.
  ///
  /// @return whether it is the last time
  private synchronized boolean rest() throws InterruptedException {
    long until = System.nanoTime() + EVERY.toNanos();
    long left = EVERY.toMillis();
    while (!closed && left > 0) {
      wait(left);
      left = Duration.ofNanos(until - System.nanoTime()).toMillis();
    }
    return closed;
  }

  @SuppressWarnings("CatchingUnchecked") // what it throws would end the process
  private void writeOnce() {
    ActivityCounts done = activity.take();
    if (done.equals(ActivityCounts.NONE)) {
      return;
    }
    try {
      admission.require();
      calls.eval(ADD, done.submitted(), done.started(), done.completed(), done.failed());
    } catch (RedisException.Unknown e) { // it may have been counted
      LOG.log(System.Logger.Level.DEBUG, "activity may not have been kept", e);
    } catch (RuntimeException e) {
      activity.putBack(done);
      LOG.log(System.Logger.Level.DEBUG, "activity is kept later", e);
    }
  }

  /// Writes what is left, and waits a little for that.
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    VitalThreads.join(thread, LAST);
  }
}
