package dev.taskscheduler.handlers.queues;

import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.queue.Queues;
import dev.taskscheduler.task.QueueName;
import dev.taskscheduler.task.TaskService;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;

/// `DELETE /queues/{name}`: removes settings and pause. With `?tasks=cancel` it first cancels the
/// waiting tasks, so that what limits or pauses them holds until the last is cancelled.
public final class QueueDeletionHandler implements Handler {
  private static final List<String> KNOWN = List.of("tasks", "cursor");

  private final Queues queues;
  private final TaskService tasks;

  public QueueDeletionHandler(Queues queues, TaskService tasks) {
    this.queues = queues;
    this.tasks = tasks;
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    Optional<String> name = QueuePath.of(req, res);
    if (name.isEmpty()) {
      return;
    }
    FieldErrors errors = new FieldErrors();
    QueryReader.refuseBody(req, errors);
    QueryReader reader = new QueryReader(req.query(), errors);
    reader.allow(KNOWN, "the parameters are tasks, cursor");
    boolean cancel =
        reader.one("tasks", QueueDeletionHandler::cancel, "must be cancel").isPresent();
    Optional<String> cursor = reader.cursor();
    if (cancel && QueueName.isPattern(name.get())) {
      errors.add("?tasks", "needs the name of one queue, not a pattern");
    }
    if (cursor.isPresent() && !cancel) {
      errors.add("?cursor", "needs tasks=cancel");
    }
    if (!errors.none()) {
      Responses.problem(req, res, QueryReader.invalid(errors));
    } else if (cancel) {
      cancelAndDelete(req, res, name.get(), cursor.orElse(""));
    } else if (queues.delete(name.get()) == Queues.Change.UNKNOWN) {
      Responses.problem(req, res, QueuePath.unknown(name.get()));
    } else {
      CommandLog.command("delete-queue", "queue=" + name.get());
      answer(req, res, name.get(), true, Optional.empty());
    }
  }

  private static Optional<String> cancel(String word) {
    return Optional.of(word).filter("cancel"::equals);
  }

  private void cancelAndDelete(ServerRequest req, ServerResponse res, String name, String cursor) {
    Optional<Cancellations> done = Cancellations.of(tasks, name, cursor);
    if (done.isEmpty()) {
      FieldErrors errors = new FieldErrors();
      errors.add("?cursor", "is unknown; leave it out");
      Responses.problem(req, res, QueryReader.invalid(errors));
      return;
    }
    boolean deleted = !done.get().more() && queues.delete(name) == Queues.Change.DONE;
    CommandLog.command(
        "delete-queue",
        "queue=%s cancelled=%s more=%s".formatted(name, done.get().cancelled(), done.get().more()));
    answer(req, res, name, deleted, done);
  }

  private static void answer(
      ServerRequest req,
      ServerResponse res,
      String name,
      boolean deleted,
      Optional<Cancellations> done) {
    byte[] body =
        JsonText.object(json -> {
          json.writeStringProperty("name", name);
          json.writeBooleanProperty("deleted", deleted);
          done.ifPresent(cancellations -> cancellations.write(json));
        });
    Responses.json(req, res, Status.OK_200, body);
  }
}
