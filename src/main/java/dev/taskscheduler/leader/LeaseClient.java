package dev.taskscheduler.leader;

import dev.taskscheduler.lease.Acquisition;
import dev.taskscheduler.lease.Lease;
import dev.taskscheduler.lease.LeaseException;
import dev.taskscheduler.lease.LeaseRequest;
import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.process.VitalThreads;
import dev.taskscheduler.spi.FencingToken;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// The calls to the lease that the owner of leadership does not wait for: one after the other on a
/// thread that nobody interrupts. Each posts one event, whatever becomes of it.
final class LeaseClient implements AutoCloseable {
  private final Lease lease;
  private final LeaderWork work;
  private final LeaseHealth health;
  private final Consumer<Event> post;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(call -> VitalThreads.platform("leader-lease", call::run));

  LeaseClient(Lease lease, LeaderWork work, LeaseHealth health, Consumer<Event> post) {
    this.lease = lease;
    this.work = work;
    this.health = health;
    this.post = post;
  }

  void observe() {
    submit(
        "observe",
        () -> {
          LeaseState observed = lease.observe();
          return new Event.Observed(observed, System.nanoTime());
        },
        e -> new Event.ObserveFailed());
  }

  void acquire(LeaseRequest request, LeaseState watched) {
    submit("acquire", () -> tryAcquire(request, watched), Event.AcquireFailed::new);
  }

  private Event tryAcquire(LeaseRequest request, LeaseState watched) {
    work.settle(); // if it cannot, what is left counts as lost with its leader
    // Before the call: others may watch from any moment after it.
    Trust trust = new Trust(request.trust(), System.nanoTime(), System.currentTimeMillis());
    Acquisition answer = lease.acquire(request, watched);
    return answer instanceof Acquisition.Refused(LeaseState now)
        ? new Event.Refused(now, System.nanoTime())
        : new Event.Admitted((Acquisition.Granted) answer, trust);
  }

  void release(FencingToken token, Lease.Reason why) {
    submit(
        "release",
        () -> {
          if (!work.settle()) {
            throw new LeaseException.Unavailable(
                "tasks that this node has interrupted are not back in their queues yet",
                new IllegalStateException("not settled"));
          }
          lease.release(token, why);
          return new Event.Released(token);
        },
        e -> new Event.ReleaseFailed(token));
  }

  @SuppressWarnings("CatchingUnchecked") // whatever happens, the owner waits for one event
  private void submit(
      String operation, Supplier<Event> call, Function<LeaseException, Event> failed) {
    thread.execute(() -> {
      Event event;
      try {
        event = call.get();
        health.answered(operation);
      } catch (LeaseException e) {
        health.failed(operation, e);
        event = failed.apply(e);
      } catch (RuntimeException e) {
        LeaseException unknown = new LeaseException.Unavailable(operation + ": " + e, e);
        health.failed(operation, unknown);
        event = failed.apply(unknown);
      }
      post.accept(event);
    });
  }

  /// Takes no more calls; one that is under way ends by itself.
  @Override
  public void close() {
    thread.shutdown();
  }
}
