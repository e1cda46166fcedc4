package dev.taskscheduler.handlers.schedules;

import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.task.QueueName;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Optional;

/// Reads the name of a schedule in the path of a request.
final class SchedulePath {
  /// What a name must be, for people.
  static final String RULE = QueueName.RULE + ", and not preview";

  private SchedulePath() {}

  /// Whether a text is the name of a schedule; `preview` is a path of its own.
  static boolean isName(String text) {
    return QueueName.isName(text) && !text.equals("preview");
  }

  /// Answers the request itself if there is none.
  static Optional<String> of(ServerRequest req, ServerResponse res) {
    String name = req.path().pathParameters().get("name");
    if (isName(name)) {
      return Optional.of(name);
    }
    Responses.problem(
        req, res, Problem.of(Status.BAD_REQUEST_400, "The name of a schedule is " + RULE + "."));
    return Optional.empty();
  }

  /// The answer to a call for a schedule that is not there.
  static Problem unknown(String name) {
    return Problem.named(
        "unknown-schedule",
        "There is no such schedule",
        Status.NOT_FOUND_404,
        "There is no schedule " + name + ". GET /schedules lists what there is.");
  }
}
