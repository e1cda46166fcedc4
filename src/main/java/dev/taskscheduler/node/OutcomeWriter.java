package dev.taskscheduler.node;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.logging.LogFields;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.StoreException;
import java.time.Duration;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Writes ends and requeues to Redis for one leadership. It repeats each while its outcome is
/// unknown and this node may still trust itself; repeating does no harm.
final class OutcomeWriter {
  private static final System.Logger LOG = System.getLogger(OutcomeWriter.class.getName());
  private static final Duration AGAIN = Duration.ofMillis(100);

  private final Leadership leadership;
  private final Runnable whenAnswered;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicBoolean unrecordedLogged = new AtomicBoolean();
  private final Queue<Claim> unrecorded = new ConcurrentLinkedQueue<>();

  /// @param whenAnswered run when none is open any more
  OutcomeWriter(Leadership leadership, Runnable whenAnswered) {
    this.leadership = leadership;
    this.whenAnswered = whenAnswered;
  }

  boolean areAnswered() {
    return open.get() == 0;
  }

  /// The claims for which trust ended before there was an answer.
  Collection<Claim> unrecorded() {
    return unrecorded;
  }

  /// @param refused the answer that says that the task is not in this attempt any more; also given
  ///   where there is none
  <A> void send(
      Supplier<CompletableFuture<A>> write, A refused, Claim claim, Consumer<A> answered) {
    open.incrementAndGet();
    again(write, refused, claim, answered);
  }

  private <A> void again(
      Supplier<CompletableFuture<A>> write, A refused, Claim claim, Consumer<A> answered) {
    CompletableFuture<A> call;
    try {
      call = write.get();
    } catch (RuntimeException e) {
      call = CompletableFuture.failedFuture(e);
    }
    var unused =
        call.whenComplete((answer, failure) -> {
          if (failure != null
              && !(failure instanceof StoreException.Fenced)
              && leadership.trusted()) {
            logRepeat(claim, failure);
            Executor later =
                CompletableFuture.delayedExecutor(AGAIN.toMillis(), TimeUnit.MILLISECONDS);
            later.execute(() -> again(write, refused, claim, answered));
            return;
          }
          if (failure instanceof StoreException.Fenced) {
            leadership.fenced();
          } else if (failure != null) {
            unrecorded.add(claim);
            logUnrecorded(claim, failure);
          } else if (answer.equals(refused)) {
            LOG.log(
                WARNING,
                "end refused, the task is no longer in this attempt id=" + claim.id(),
                fields(claim));
          }
          answered.accept(failure == null ? answer : refused);
          if (open.decrementAndGet() == 0) {
            whenAnswered.run();
          }
        });
  }

  private void logRepeat(Claim claim, Throwable failure) {
    ScopedValue.where(LogFields.CURRENT, () -> fields(claim))
        .run(() -> LOG.log(DEBUG, () -> "write will be repeated id=" + claim.id(), failure));
  }

  /// Logs the first of a leadership as a warning; the next leader counts all of them.
  private void logUnrecorded(Claim claim, Throwable failure) {
    LOG.log(
        unrecordedLogged.getAndSet(true) ? DEBUG : WARNING,
        "end not recorded before trust ended, this task and others will run again id=%s why=%s"
            .formatted(claim.id(), failure.getMessage()),
        fields(claim));
  }

  private LogFields fields(Claim claim) {
    return TaskFields.of(claim, leadership.token());
  }
}
