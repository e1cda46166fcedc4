package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.submit.SubmitProblems;
import dev.taskscheduler.handlers.tasks.SelectedTasks.Done;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.task.Cancellation;
import dev.taskscheduler.task.DeleteResult;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskService;
import dev.taskscheduler.task.TaskStatus;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// `POST /tasks/retry`, `POST /tasks/cancel` and `POST /tasks/delete`, for all tasks that a query
/// selects. An empty query cancels and deletes none: a slip must not reach everything.
public final class SelectionHandler {
  private static final Set<StateName> WAITING =
      Set.of(StateName.SCHEDULED, StateName.RETRYING, StateName.READY);
  private static final Set<StateName> PENDING = TaskStatus.PENDING.states();
  private static final Set<StateName> DELETABLE =
      Set.of(StateName.DEAD, StateName.EXPIRED, StateName.CANCELLED);
  private static final Set<StateName> RETRYABLE = Set.of(StateName.DEAD, StateName.EXPIRED);
  private static final Set<String> NO_FILTERS = Set.of("limit", "cursor", "order");

  private final TaskService tasks;

  public SelectionHandler(TaskService tasks) {
    this.tasks = tasks;
  }

  /// Retries; dead tasks unless the query says otherwise. A task that is refused stays where it is,
  /// and `next` leads past it.
  public void retry(ServerRequest req, ServerResponse res) {
    FieldErrors errors = new FieldErrors();
    Optional<TaskQuery> selection =
        query(req, errors)
            .map(read -> read.filter().states().isEmpty() ? read.of(Set.of(StateName.DEAD)) : read);
    if (selection.isPresent() && !RETRYABLE.containsAll(selection.get().filter().states())) {
      errors.add("?state", "must be dead or expired, or the status failed; the default is dead");
    }
    answer(
        req,
        res,
        errors,
        selection,
        new Command("retry", Set.of(Done.RETRIED, Done.REFUSED), this::retried));
  }

  private List<Done> retried(List<Task> page) {
    return tasks.retry(page.stream().map(Task::id).toList()).stream()
        .map(result ->
            switch (result) {
              case RETRIED -> Done.RETRIED;
              case QUEUE_FULL -> Done.NO_ROOM;
              case UNKNOWN, PENDING, COMPLETED, CANCELLED, NOT_UNIQUE -> Done.REFUSED;
            })
        .toList();
  }

  /// Cancels; waiting tasks alone unless the query asks for running ones.
  public void cancel(ServerRequest req, ServerResponse res) {
    FieldErrors errors = new FieldErrors();
    Optional<TaskQuery> query = query(req, errors);
    if (NO_FILTERS.containsAll(req.query().names())) {
      errors.add("?state", "is missing; send it, or another filter such as queue or tag");
    }
    Optional<TaskQuery> selection =
        query.map(read -> read.filter().states().isEmpty() ? read.of(WAITING) : read);
    if (selection.isPresent() && !PENDING.containsAll(selection.get().filter().states())) {
      errors.add(
          "?state",
          "must be scheduled, retrying, ready or running, or the status pending; the"
              + " default is those that wait");
    }
    answer(
        req,
        res,
        errors,
        selection,
        new Command(
            "cancel", Set.of(Done.CANCELLED, Done.CANCELLING, Done.REFUSED), this::cancelled));
  }

  private List<Done> cancelled(List<Task> page) {
    return page.stream()
        .map(task ->
            switch (tasks.cancel(task.id())) {
              case Cancellation.Cancelled _ -> Done.CANCELLED;
              case Cancellation.Asked _ -> Done.CANCELLING;
              case Cancellation.Ended _, Cancellation.Unknown _ -> Done.REFUSED;
            })
        .toList();
  }

  /// Deletes dead, expired and cancelled tasks: the query says which of them.
  public void delete(ServerRequest req, ServerResponse res) {
    FieldErrors errors = new FieldErrors();
    Optional<TaskQuery> query = query(req, errors);
    if (query.isPresent()
        && (query.get().filter().states().isEmpty()
            || !DELETABLE.containsAll(query.get().filter().states()))) {
      errors.add(
          "?state", "must be sent: dead, expired or cancelled, or the status failed or cancelled");
    }
    answer(
        req,
        res,
        errors,
        query,
        new Command("delete", Set.of(Done.DELETED, Done.REFUSED), this::deleted));
  }

  private List<Done> deleted(List<Task> page) {
    return tasks.delete(page.stream().map(Task::id).toList()).stream()
        .map(result -> result == DeleteResult.DELETED ? Done.DELETED : Done.REFUSED)
        .toList();
  }

  private static Optional<TaskQuery> query(ServerRequest req, FieldErrors errors) {
    QueryReader.refuseBody(req, errors);
    return TaskQuery.read(req.query(), errors);
  }

  /// @param kinds of results that it may have
  private record Command(String name, Set<Done> kinds, Function<List<Task>, List<Done>> step) {}

  private void answer(
      ServerRequest req,
      ServerResponse res,
      FieldErrors errors,
      Optional<TaskQuery> query,
      Command command) {
    Optional<SelectedTasks> done =
        errors.none() && query.isPresent()
            ? SelectedTasks.each(tasks.queries(), query.get(), command.kinds(), command.step())
            : Optional.empty();
    if (done.isEmpty()) {
      if (errors.none()) {
        errors.add("?cursor", "is unknown; leave it out");
      }
      Responses.problem(req, res, QueryReader.invalid(errors));
      return;
    }
    CommandLog.command(command.name(), query.orElseThrow().log() + done.get().log());
    if (done.get().tookNone()) {
      Responses.problem(req, res, SubmitProblems.noRoomToRetry());
      return;
    }
    Responses.json(req, res, Status.OK_200, JsonText.object(done.get()::write));
  }
}
