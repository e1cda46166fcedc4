package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.wire.Problem;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.util.Optional;
import java.util.regex.Pattern;

/// Parses task ids, and makes the problem for a bad one.
final class TaskIds {
  private static final Pattern ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  static final Problem UNKNOWN =
      Problem.named(
          "unknown-task",
          "No such task",
          Status.NOT_FOUND_404,
          "No task has this id: it was never accepted, or it ended longer ago than ended tasks"
              + " are kept.");

  private TaskIds() {}

  /// The id in the path; empty if it does not look like one.
  static Optional<String> of(ServerRequest req) {
    return Optional.of(req.path().pathParameters().get("id")).filter(TaskIds::isOne);
  }

  /// Whether it looks like one: a UUID in lower case.
  static boolean isOne(String text) {
    return ID.matcher(text).matches();
  }
}
