package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.submit.SubmitProblems;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.task.RetryResult;
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
/// Each is brought back by itself; what is refused stays where it is, and `next` leads past it.
public final class RetryHandler implements Handler {
  /// Pages that are looked at in one call, each of which may have found nothing.
  private static final int MOST_PAGES = 100;

  private final TaskService tasks;

  public RetryHandler(TaskService tasks) {
    this.tasks = tasks;
  }

  /// How far a call came.
  ///
  /// @param next where the next call goes on; empty at the beginning, or if there is nothing left
  /// @param more whether there may be more
  /// @param full whether it ended early, since the queue is full
  private record Progress(
      int revived, int refused, Optional<String> next, boolean more, boolean full) {
    static Progress begun(String cursor) {
      return new Progress(0, 0, Optional.of(cursor).filter(some -> !some.isEmpty()), true, false);
    }

    int looked() {
      return revived + refused;
    }

    Progress with(List<RetryResult> answers, Optional<String> behind) {
      int back = (int) answers.stream().filter(RetryResult.RETRIED::equals).count();
      int left = (int) answers.stream().filter(RetryResult.QUEUE_FULL::equals).count();
      int others = answers.size() - back - left;
      return left == 0
          ? new Progress(revived + back, refused + others, behind, behind.isPresent(), false)
          : new Progress(revived + back, refused + others, next, true, true); // the page once more
    }
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    FieldErrors faults = new FieldErrors();
    TaskQuery.refuseBody(req, faults);
    Optional<TaskQuery.Read> asked = TaskQuery.read(req.query(), faults);
    StateName state = asked.flatMap(read -> read.filter().state()).orElse(StateName.DEAD);
    if (state != StateName.DEAD && state != StateName.EXPIRED) {
      faults.add("?state", "must be dead or expired; the default is dead");
    }
    if (asked.isEmpty() || !faults.none()) {
      Responses.problem(req, res, TaskQuery.invalid(faults));
      return;
    }
    Optional<Progress> came = retry(asked.get(), state);
    came.ifPresent(done ->
        CommandLog.command(
            "retry",
            "state=" + state.wire() + " retried=" + done.revived + " refused=" + done.refused));
    if (came.isEmpty()) {
      faults.add("?cursor", "is unknown; leave it out");
      Responses.problem(req, res, TaskQuery.invalid(faults));
    } else if (came.get().full && came.get().looked() == 0) {
      Responses.problem(req, res, SubmitProblems.noRoomToRetry());
    } else {
      answer(req, res, came.get());
    }
  }

  /// @return empty if the cursor is not known
  private Optional<Progress> retry(TaskQuery.Read asked, StateName state) {
    int limit = asked.filter().limit();
    Progress came = Progress.begun(asked.cursor());
    for (int pages = 0; pages < MOST_PAGES; pages++) {
      if (!came.more || came.full || came.looked() == limit) {
        break;
      }
      Optional<TaskPage> page =
          tasks
              .queries()
              .list(only(asked.filter(), state, limit - came.looked()), came.next.orElse(""));
      if (page.isEmpty()) {
        return Optional.empty();
      }
      List<String> ids = page.get().tasks().stream().map(Task::id).toList();
      came = came.with(ids.isEmpty() ? List.of() : tasks.retry(ids), page.get().next());
    }
    return Optional.of(came);
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

  private static void answer(ServerRequest req, ServerResponse res, Progress came) {
    byte[] body =
        JsonText.object(json -> {
          json.writeNumberProperty("revived", came.revived);
          json.writeNumberProperty("refused", came.refused);
          json.writeBooleanProperty("more", came.more);
          came.next.ifPresent(next -> json.writeStringProperty("next", next));
          if (came.full) {
            json.writeObjectPropertyStart("problem");
            SubmitProblems.noRoomToRetry().write(json);
            json.writeEndObject();
          }
        });
    Responses.json(req, res, Status.OK_200, body);
  }
}
