package dev.taskscheduler.logging;

import dev.taskscheduler.process.VitalThreads;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/// Passes log records to another handler on a thread of its own, so that a log that nobody reads
/// never holds up work. Records that do not fit into its queue are dropped and counted; the count
/// is logged once there is space.
final class AsyncHandler extends Handler {
  private static final int MOST_WAITING = 10_000;
  private static final Duration LAST_LINES = Duration.ofSeconds(2);

  /// Wakes the writer when nothing more comes.
  private static final LogRecord END = new LogRecord(Level.OFF, "");

  private final Handler target;
  private final BlockingQueue<LogRecord> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final AtomicLong dropped = new AtomicLong();
  private final Thread writer;
  private volatile boolean closed;

  AsyncHandler(Handler target) {
    this.target = target;
    setLevel(target.getLevel());
    this.writer = VitalThreads.platform("log-writer", this::write);
    writer.start();
  }

  Handler target() {
    return target;
  }

  @Override
  public void publish(LogRecord record) {
    if (isLoggable(record) && !closed) {
      LogFields.keep(record);
      if (!waiting.offer(record)) {
        dropped.incrementAndGet();
      }
    }
  }

  private void write() {
    try {
      while (!closed || !waiting.isEmpty()) {
        LogRecord next = waiting.take();
        if (next != END) {
          target.publish(next);
        }
        if (waiting.isEmpty() && dropped.get() > 0) {
          target.publish(lost(dropped.getAndSet(0)));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody has a reason to
    }
  }

  private static LogRecord lost(long count) {
    LogRecord record =
        new LogRecord(
            Level.WARNING, "log lines dropped, nobody reads them fast enough count=" + count);
    record.setLoggerName(AsyncHandler.class.getName());
    return record;
  }

  @Override
  public void flush() {
    // the writer flushes each line
  }

  /// Waits a little for the last lines.
  @Override
  public void close() {
    closed = true;
    try {
      waiting.offer(END, 1, TimeUnit.MILLISECONDS); // where it is full the writer wakes anyway
      if (writer.join(LAST_LINES)) {
        target.close();
      } // else it hangs in the target, whose close would hang too
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
