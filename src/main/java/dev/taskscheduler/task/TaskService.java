package dev.taskscheduler.task;

import static java.util.stream.Collectors.toUnmodifiableMap;

import com.github.f4b6a3.uuid.factory.standard.TimeOrderedEpochFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/// The service for users of tasks, on any node.
///
/// Methods block for a bounded time and may be called by threads that are interrupted: they wait on
/// futures only.
public final class TaskService {
  private final TaskStore store;
  private final Map<String, PayloadCheck> checks;
  private final TaskListener listener;
  private final TimeOrderedEpochFactory ids =
      TimeOrderedEpochFactory.builder().withIncrementPlus1().build();

  /// Tells what is wrong with a payload for the runner of its type.
  public interface PayloadCheck {
    /// None that looks.
    PayloadCheck NONE = payload -> List.of();

    List<PayloadError> faults(byte[] payload);
  }

  /// @param types the task types that have a runner on this node
  public TaskService(TaskStore store, Set<String> types, TaskListener listener) {
    this(
        store,
        types.stream().collect(toUnmodifiableMap(type -> type, type -> PayloadCheck.NONE)),
        listener);
  }

  /// @param checks by the task types that have a runner on this node
  public TaskService(TaskStore store, Map<String, PayloadCheck> checks, TaskListener listener) {
    this.store = store;
    this.checks =
        checks.entrySet().stream()
            .filter(each -> !each.getKey().equals(Callback.TYPE)) // nobody submits those
            .collect(toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    this.listener = listener;
  }

  /// Keeps a task, or says why not.
  ///
  /// @throws StoreException.Refused if it was certainly not kept; the message says why
  public SubmitResult submit(NewTask task) {
    Optional<SubmitResult> refused = refused(task);
    if (refused.isPresent()) {
      return refused.get();
    }
    String id = ids.create().toString();
    try {
      return counted(task, await(store.submit(id, task)));
    } catch (StoreException.Unavailable e) {
      return new SubmitResult.Uncertain(id, String.valueOf(e.getMessage()));
    }
  }

  private Optional<SubmitResult> refused(NewTask task) {
    PayloadCheck check = checks.get(task.type());
    if (check == null) {
      return Optional.of(new SubmitResult.UnknownType(task.type()));
    }
    List<PayloadError> faults = check.faults(task.payload());
    if (faults.isEmpty()) {
      return Optional.empty();
    }
    List<PayloadError> shown = faults.subList(0, Math.min(faults.size(), PayloadError.MOST));
    return Optional.of(new SubmitResult.UnfitPayload(List.copyOf(shown)));
  }

  private SubmitResult counted(NewTask task, SubmitResult answer) {
    if (answer instanceof SubmitResult.Accepted) {
      listener.submitted(task.priority());
    } else if (answer instanceof SubmitResult.Replayed) {
      listener.replayed();
    } else if (answer instanceof SubmitResult.Duplicate) {
      listener.duplicate();
    }
    return answer;
  }

  /// Keeps one of many tasks without waiting for it.
  ///
  /// @param stream the same number for all that are to be kept in their order
  /// @return what [#submit] returns; fails with [StoreException.Refused] alone
  public CompletableFuture<SubmitResult> submitLater(NewTask task, int stream) {
    Optional<SubmitResult> refused = refused(task);
    if (refused.isPresent()) {
      return CompletableFuture.completedFuture(refused.get());
    }
    String id = ids.create().toString();
    return store
        .submit(id, task, stream)
        .handle((answer, failure) ->
            switch (failure) {
              case null -> counted(task, answer);
              case StoreException.Unavailable e ->
                  new SubmitResult.Uncertain(id, String.valueOf(e.getMessage()));
              case StoreException.Refused e -> throw e;
              default -> throw new CompletionException(failure);
            });
  }

  /// Finds a task by id.
  ///
  /// @throws StoreException if Redis does not answer
  public Optional<Task> find(String id) {
    return await(store.find(id));
  }

  /// Counts what stands where.
  ///
  /// @throws StoreException if Redis does not answer
  public TaskCounts counts() {
    return await(store.counts());
  }

  /// Cancels a task that waits, and asks the leader to interrupt one that runs.
  ///
  /// @throws StoreException if Redis does not answer; it may be repeated
  public Cancellation cancel(String id) {
    Cancellation answer = await(store.cancel(id));
    if (answer instanceof Cancellation.Cancelled) {
      listener.cancelled();
    }
    return answer;
  }

  /// Brings dead and expired tasks back, to the back of their queues.
  ///
  /// @param ids 500 at the most
  /// @return what became of each, in their order
  /// @throws StoreException if Redis does not answer; it may be repeated
  public List<RetryResult> revive(List<String> ids) {
    List<RetryResult> answers = await(store.revive(ids));
    answers.stream().filter(RetryResult.REVIVED::equals).forEach(r -> listener.broughtBack());
    return answers;
  }

  /// Keeps what it names from being started; what runs goes on.
  ///
  /// @return false if as much as may is paused already
  /// @throws StoreException if Redis does not answer; it may be repeated
  public boolean pause(Pause what) {
    return await(store.pause(what));
  }

  /// Lets it start again.
  ///
  /// @throws StoreException if Redis does not answer; it may be repeated
  public void resume(Pause what) {
    var unused = await(store.resume(what));
  }

  /// What is paused, and since when.
  ///
  /// @throws StoreException if Redis does not answer
  public Map<Pause, Instant> paused() {
    return await(store.paused());
  }

  /// All that is known of a task.
  ///
  /// @throws StoreException if Redis does not answer
  public Optional<TaskDetails> details(String id) {
    return await(store.details(id));
  }

  /// A page of tasks, without their payloads.
  ///
  /// @param cursor where the page before ended, as it said; empty for the first
  /// @return empty if the cursor is none of this store's, or of another question
  /// @throws StoreException if Redis does not answer
  public Optional<TaskPage> list(TaskFilter filter, String cursor) {
    return await(store.list(filter, cursor));
  }

  /// Where a task stands and what is before it.
  ///
  /// @throws StoreException if Redis does not answer
  public Optional<Explanation> explain(String id) {
    return await(store.explain(id));
  }

  /// What there is at a glance.
  ///
  /// @throws StoreException if Redis does not answer
  public TaskOverview overview() {
    return await(store.overview());
  }

  /// What the store last said of itself; answers at once.
  public StoreHealth health() {
    return store.health();
  }

  /// The task types that have a runner on this node.
  public Set<String> types() {
    return checks.keySet();
  }

  private static <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.get(); // the store bounds it; a timed wait would cost each request a timer
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException.Unavailable("interrupted while Redis was asked", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StoreException known) {
        throw known;
      }
      throw new CompletionException(e.getCause());
    }
  }
}
