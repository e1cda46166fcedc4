package dev.taskscheduler.handlers;

import dev.taskscheduler.task.Revival;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskFilter;
import dev.taskscheduler.task.TaskPage;
import dev.taskscheduler.task.TaskService;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;

/// `POST /tasks/retry`: brings back all dead or expired tasks that a query names, up to its limit.
/// Each is brought back by itself; called again, it goes on.
final class RetryHandler implements Handler {
  /// Pages that are looked at in one call, each of which may have found nothing.
  private static final int MOST_PAGES = 100;

  private final TaskService tasks;

  RetryHandler(TaskService tasks) {
    this.tasks = tasks;
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    Faults faults = new Faults();
    Optional<TaskQuery.Read> asked = TaskQuery.read(req.query(), faults);
    StateName state = asked.flatMap(read -> read.filter().state()).orElse(StateName.DEAD);
    if (state != StateName.DEAD && state != StateName.EXPIRED) {
      faults.add("?state", "must be dead or expired; leave it out for dead");
    }
    if (asked.isEmpty() || !faults.none()) {
      Answers.problem(req, res, TaskQuery.invalid(faults));
      return;
    }
    revive(req, res, asked.get(), state, faults);
  }

  private void revive(
      ServerRequest req, ServerResponse res, TaskQuery.Read asked, StateName state, Faults faults) {
    TaskFilter filter = asked.filter();
    int revived = 0;
    int refused = 0;
    Optional<String> cursor = Optional.of(asked.cursor());
    for (int pages = 0; cursor.isPresent() && pages < MOST_PAGES; pages++) {
      int left = filter.limit() - revived - refused;
      if (left == 0) {
        break;
      }
      Optional<TaskPage> page = tasks.list(only(filter, state, left), cursor.get());
      if (page.isEmpty()) {
        faults.add("?cursor", "is not known; leave it out");
        Answers.problem(req, res, TaskQuery.invalid(faults));
        return;
      }
      List<String> ids = page.get().tasks().stream().map(Task::id).toList();
      List<Revival> answers = ids.isEmpty() ? List.of() : tasks.revive(ids);
      if (answers.contains(Revival.QUEUE_FULL)) {
        Answers.problem(req, res, SubmissionAnswers.queueFull());
        return;
      }
      int back = (int) answers.stream().filter(Revival.REVIVED::equals).count();
      revived += back;
      refused += answers.size() - back;
      cursor = page.get().next();
    }
    answer(req, res, revived, refused, cursor.isPresent());
  }

  private static TaskFilter only(TaskFilter filter, StateName state, int limit) {
    return new TaskFilter(
        Optional.of(state),
        filter.priority(),
        filter.type(),
        filter.submittedSince(),
        filter.submittedBefore(),
        limit);
  }

  private static void answer(
      ServerRequest req, ServerResponse res, int revived, int refused, boolean more) {
    byte[] body =
        JsonText.object(json -> {
          json.writeNumberProperty("revived", revived);
          json.writeNumberProperty("refused", refused);
          json.writeBooleanProperty("more", more);
        });
    Answers.json(req, res, Status.OK_200, body);
  }
}
