package dev.taskscheduler.task;

import dev.taskscheduler.process.VitalThreads;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Keeps the counts of tasks and pauses, at most a second old, so that health and metrics answer at
/// once.
public final class QueueDepth implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(QueueDepth.class.getName());
  private static final Duration PERIOD = Duration.ofMillis(500);

  private final TaskQueries queries;
  private final Pauses pauses;
  private final BooleanSupplier leads;
  private volatile Optional<TaskCounts> last = Optional.empty();
  private volatile Map<Pause, Instant> paused = Map.of();
  private volatile boolean closed;

  /// @param leads whether this node leads; a follower has nothing before it and does not ask
  public QueueDepth(TaskQueries queries, Pauses pauses, BooleanSupplier leads) {
    this.queries = queries;
    this.pauses = pauses;
    this.leads = leads;
    VitalThreads.virtual("queue-depth", this::watch).start();
  }

  /// Ready and running tasks; 0 while this node does not lead.
  public long queued() {
    return counts().map(TaskCounts::queued).orElse(0L);
  }

  /// All counts; empty while this node does not lead or Redis does not answer.
  public Optional<TaskCounts> counts() {
    return leads.getAsBoolean() ? last : Optional.empty();
  }

  /// What is kept from starting, and since when, on any node; as it last was while Redis does not
  /// answer.
  public Map<Pause, Instant> paused() {
    return paused;
  }

  private void watch() throws InterruptedException {
    while (!closed) {
      last = leads.getAsBoolean() ? ask(queries::counts) : Optional.empty();
      paused = ask(pauses::paused).orElse(paused);
      synchronized (this) {
        if (!closed) {
          wait(PERIOD.toMillis());
        }
      }
    }
  }

  private static <T> Optional<T> ask(Supplier<T> question) {
    try {
      return Optional.of(question.get());
    } catch (StoreException e) {
      LOG.log(System.Logger.Level.DEBUG, "no answer", e);
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
  }
}
