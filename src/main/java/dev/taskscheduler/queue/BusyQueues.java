package dev.taskscheduler.queue;

import dev.taskscheduler.process.VitalThreads;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.TaskCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/// Looks every few seconds for the queues with the most ready tasks, while this node leads, and
/// reports them. Their number is bounded, so that metrics are too.
public final class BusyQueues implements AutoCloseable {
  /// As many queues are named.
  public static final int MOST = 100;

  private static final System.Logger LOG = System.getLogger(BusyQueues.class.getName());
  private static final Duration PERIOD = Duration.ofSeconds(5);

  private final IntFunction<List<QueueView>> busiest;
  private final Supplier<Optional<TaskCounts>> counts;
  private final QueueListener listener;
  private volatile boolean closed;

  /// @param busiest up to so many queues with the most ready tasks
  /// @param counts of all tasks; empty while this node does not lead
  public BusyQueues(
      IntFunction<List<QueueView>> busiest,
      Supplier<Optional<TaskCounts>> counts,
      QueueListener listener) {
    this.busiest = busiest;
    this.counts = counts;
    this.listener = listener;
  }

  /// Looks on a thread of its own until it is closed.
  public void start() {
    VitalThreads.virtual("busy-queues", this::watch).start();
  }

  private void watch() throws InterruptedException {
    while (!closed) {
      look();
      synchronized (this) {
        if (!closed) {
          wait(PERIOD.toMillis());
        }
      }
    }
  }

  /// Looks once.
  void look() {
    List<QueueLoad> loads = List.of();
    try {
      loads = counts.get().map(this::loads).orElse(loads);
    } catch (StoreException e) {
      LOG.log(System.Logger.Level.DEBUG, "no answer", e);
    }
    listener.busiest(loads);
  }

  private List<QueueLoad> loads(TaskCounts all) {
    List<QueueLoad> loads = new ArrayList<>();
    long ready = all.ready().values().stream().mapToLong(Long::longValue).sum();
    long running = all.running();
    for (QueueView queue : busiest.apply(MOST)) {
      if (!queue.name().equals(QueueLoad.OTHER)) {
        loads.add(new QueueLoad(queue.name(), queue.allReady(), queue.running()));
        ready -= queue.allReady();
        running -= queue.running();
      }
    }
    loads.add(new QueueLoad(QueueLoad.OTHER, Math.max(0, ready), Math.max(0, running)));
    return List.copyOf(loads);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
  }
}
