package dev.taskscheduler.task;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.stream.Collectors.toUnmodifiableMap;

import com.github.f4b6a3.uuid.factory.standard.TimeOrderedEpochFactory;
import dev.taskscheduler.spi.PayloadError;
import dev.taskscheduler.tracing.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Submits, cancels and retries tasks for users, on any node: checks payloads, gives ids and
/// counts. What has no rules here is asked of the ports directly.
///
/// Methods block for a bounded time and may be called by threads that are interrupted: they wait on
/// futures only.
public final class TaskService {
  private static final String PAYLOAD = "/payload";
  private static final String CALLBACK = TaskOption.CALLBACK.pointer();

  private final TaskPorts ports;
  private final Map<String, PayloadCheck> checks;
  private final PayloadCheck callbackCheck;
  private final TaskListener listener;
  private final Tracer tracer;
  private final TimeOrderedEpochFactory ids =
      TimeOrderedEpochFactory.builder().withIncrementPlus1().build();

  /// Tells what is wrong with a payload for the runner of its type.
  public interface PayloadCheck {
    List<PayloadError> faults(byte[] payload);
  }

  /// @param checks by the task types that have a runner on this node
  public TaskService(TaskPorts ports, Map<String, PayloadCheck> checks, TaskListener listener) {
    this(ports, checks, listener, Tracer.NONE);
  }

  /// @param tracer records submissions
  public TaskService(
      TaskPorts ports, Map<String, PayloadCheck> checks, TaskListener listener, Tracer tracer) {
    this.tracer = tracer;
    this.ports = ports;
    this.checks =
        checks.entrySet().stream()
            .filter(each -> !each.getKey().equals(Callback.TYPE)) // users do not submit callbacks
            .collect(toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    this.callbackCheck = checks.getOrDefault(Callback.TYPE, payload -> List.of());
    this.listener = listener;
  }

  /// Stores a task, or says why not.
  ///
  /// @throws StoreException.Refused if it was certainly not stored; the message says why
  public SubmitResult submit(NewTask task) {
    Optional<SubmitResult> refused = refused(task);
    if (refused.isPresent()) {
      return refused.get();
    }
    String id = ids.create().toString();
    SubmitSpan span = SubmitSpan.begin(tracer, id, task);
    try {
      return span.ended(
          counted(task, StoreException.await(ports.intake().submit(id, span.task()))));
    } catch (StoreException.Unavailable e) {
      return span.ended(new SubmitResult.Uncertain(id, String.valueOf(e.getMessage())));
    } catch (StoreException e) {
      throw span.failed(e);
    }
  }

  /// Checks a task without storing it.
  ///
  /// @return why it would not be stored: its type is unknown, or its payload or its callback
  ///   invalid
  public Optional<SubmitResult> refused(NewTask task) {
    PayloadCheck check = checks.get(task.type());
    if (check == null) {
      return Optional.of(new SubmitResult.UnknownType(task.type()));
    }
    List<PayloadError> faults = check.faults(task.payload());
    Optional<String> callback = task.options().get(TaskOption.CALLBACK_URL);
    if (faults.isEmpty() && callback.isEmpty()) {
      return Optional.empty(); // nearly always
    }
    List<PayloadError> shown = new ArrayList<>();
    callback.ifPresent(url -> shown.addAll(within(CALLBACK, callbackCheck.faults(call(url)))));
    shown.addAll(within(PAYLOAD, faults));
    return shown.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new SubmitResult.InvalidFields(
                List.copyOf(shown.subList(0, Math.min(shown.size(), PayloadError.MAX_SHOWN)))));
  }

  /// What the runner of callbacks would get, as far as it decides whether it may call.
  private static byte[] call(String url) {
    return ("{\"url\":\"" + url + "\"}").getBytes(US_ASCII); // the option's rule: no quotes in it
  }

  /// The same errors, seen from the submission.
  private static List<PayloadError> within(String field, List<PayloadError> faults) {
    return faults.stream()
        .map(fault -> new PayloadError(field + fault.pointer(), fault.detail()))
        .toList();
  }

  private SubmitResult counted(NewTask task, SubmitResult answer) {
    switch (answer) {
      case SubmitResult.Accepted _ -> listener.submitted(task.priority());
      case SubmitResult.Replayed _ -> listener.replayed();
      case SubmitResult.Duplicate _ -> listener.duplicate();
      default -> {}
    }
    return answer;
  }

  /// Stores one of many tasks without waiting for it.
  ///
  /// @param stream the same number for all that are to be stored in their order
  /// @return what [#submit] returns; fails with [StoreException.Refused] alone
  public CompletableFuture<SubmitResult> submitLater(NewTask task, int stream) {
    Optional<SubmitResult> refused = refused(task);
    if (refused.isPresent()) {
      return CompletableFuture.completedFuture(refused.get());
    }
    String id = ids.create().toString();
    SubmitSpan span = SubmitSpan.begin(tracer, id, task);
    return ports
        .intake()
        .submit(id, span.task(), stream)
        .handle((answer, failure) ->
            switch (failure) {
              case null -> span.ended(counted(task, answer));
              case StoreException.Unavailable e ->
                  span.ended(new SubmitResult.Uncertain(id, String.valueOf(e.getMessage())));
              case StoreException.Refused e -> throw span.failed(e);
              default -> throw new CompletionException(failure);
            });
  }

  /// Cancels a waiting task, and asks the leader to interrupt a running one.
  ///
  /// @throws StoreException if Redis does not answer; may be repeated
  public Cancellation cancel(String id) {
    Cancellation answer = ports.commands().cancel(id);
    if (answer instanceof Cancellation.Cancelled) {
      listener.cancelled();
    }
    return answer;
  }

  /// Makes a task ready that waits for a time: its start, or its next attempt.
  ///
  /// @throws StoreException if Redis does not answer; may be repeated
  public RunResult run(String id) {
    return ports.commands().run(id);
  }

  /// Appends dead and expired tasks to their queues again.
  ///
  /// @param ids 500 at most
  /// @return one result for each, in their order
  /// @throws StoreException if Redis does not answer; may be repeated
  public List<RetryResult> retry(List<String> ids) {
    List<RetryResult> answers = ports.commands().retry(ids);
    answers.stream().filter(RetryResult.RETRIED::equals).forEach(r -> listener.retried());
    return answers;
  }

  /// Removes dead, expired and cancelled tasks.
  ///
  /// @param ids 500 at most
  /// @return one result for each, in their order
  /// @throws StoreException if Redis does not answer; may be repeated
  public List<DeleteResult> delete(List<String> ids) {
    return ports.commands().delete(ids);
  }

  /// The port for pauses, which have no rules here.
  public Pauses pauses() {
    return ports.pauses();
  }

  /// The port for questions, which have no rules here.
  public TaskQueries queries() {
    return ports.queries();
  }

  /// The health of the store when it was last asked; answers at once.
  public StoreHealth health() {
    return ports.health().get();
  }

  /// The task types that have a runner on this node.
  public Set<String> types() {
    return checks.keySet();
  }
}
