package dev.taskscheduler.handlers.queues;

import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.task.QueueName;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Optional;

/// Reads the name or pattern in the path of a request.
final class QueuePath {
  private QueuePath() {}

  /// Answers the request itself if there is neither.
  static Optional<String> of(ServerRequest req, ServerResponse res) {
    String name = req.path().pathParameters().get("name");
    if (QueueName.isName(name) || QueueName.isPattern(name)) {
      return Optional.of(name);
    }
    Responses.problem(
        req,
        res,
        Problem.of(
            Status.BAD_REQUEST_400,
            "The name of a queue is "
                + QueueName.RULE
                + "; a pattern is the beginning of names and then *, such as tenant-*."));
    return Optional.empty();
  }

  /// The answer to a call for settings or a pause that are not there.
  static Problem unknown(String name) {
    return Problem.named(
        "nothing-set",
        "Nothing is set for this name",
        Status.NOT_FOUND_404,
        name + " has neither settings nor a pause. GET /queues lists what there is.");
  }
}
