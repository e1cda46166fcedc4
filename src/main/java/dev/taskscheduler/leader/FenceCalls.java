package dev.taskscheduler.leader;

import dev.taskscheduler.fence.Fence;
import dev.taskscheduler.fence.FenceException;
import dev.taskscheduler.fence.FencingToken;
import dev.taskscheduler.fence.Nominee;
import dev.taskscheduler.fence.Sighting;
import dev.taskscheduler.fence.TakeOver;
import dev.taskscheduler.process.VitalThreads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// The calls to the fence that the owner of leadership does not wait for: one after the other on a
/// thread that nobody interrupts. Each posts one event, whatever becomes of it.
final class FenceCalls implements AutoCloseable {
  private final Fence fence;
  private final LeaderWork work;
  private final FenceHealth health;
  private final Consumer<Event> post;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(call -> VitalThreads.platform("leader-fence", call));

  FenceCalls(Fence fence, LeaderWork work, FenceHealth health, Consumer<Event> post) {
    this.fence = fence;
    this.work = work;
    this.health = health;
    this.post = post;
  }

  void look() {
    submit(
        "look",
        () -> {
          Sighting sighting = fence.look();
          return new Event.Seen(sighting, System.nanoTime());
        },
        e -> new Event.LookFailed());
  }

  void takeOver(Nominee nominee, Sighting watched) {
    submit("take-over", () -> stand(nominee, watched), Event.StandFailed::new);
  }

  private Event stand(Nominee nominee, Sighting watched) {
    work.settle(); // if it cannot, what is left counts as lost with its leader
    // Before the call: others may watch from any moment after it.
    Trust trust = new Trust(nominee.trust(), System.nanoTime(), System.currentTimeMillis());
    TakeOver answer = fence.takeOver(nominee, watched);
    return answer instanceof TakeOver.Refused(Sighting now)
        ? new Event.Refused(now, System.nanoTime())
        : new Event.Admitted((TakeOver.Granted) answer, trust);
  }

  void release(FencingToken token) {
    submit(
        "release",
        () -> {
          if (!work.settle()) {
            throw new FenceException.Unavailable(
                "tasks that this node has interrupted are not back in their queues yet",
                new IllegalStateException("not settled"));
          }
          fence.release(token);
          return new Event.Released(token);
        },
        e -> new Event.ReleaseFailed(token));
  }

  @SuppressWarnings("CatchingUnchecked") // whatever happens, the owner waits for one event
  private void submit(
      String operation, Supplier<Event> call, Function<FenceException, Event> failed) {
    thread.execute(() -> {
      Event event;
      try {
        event = call.get();
        health.answered(operation);
      } catch (FenceException e) {
        health.failed(operation, e);
        event = failed.apply(e);
      } catch (RuntimeException e) {
        FenceException unknown = new FenceException.Unavailable(operation + ": " + e, e);
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
