package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.task.NewTask;
import io.helidon.common.uri.UriQuery;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Reads the parameters of a query, and collects all its errors.
///
/// @param errors takes what is wrong
record QueryReader(UriQuery query, FieldErrors errors) {
  /// Notes a body where the query alone says what is meant: to pass over it could mean everything.
  static void refuseBody(ServerRequest req, FieldErrors errors) {
    if (req.content().hasEntity()) {
      errors.add("", "must be empty; send query parameters instead of a body");
    }
  }

  static Problem invalid(FieldErrors errors) {
    return Problem.named(
            "invalid-query",
            "The query has invalid parameters",
            Status.BAD_REQUEST_400,
            "Correct the parameters in errors and send the request again.")
        .with(errors.all());
  }

  /// Notes parameters that are not known.
  void allow(List<String> known, String detail) {
    query.names().stream()
        .filter(name -> !known.contains(name))
        .sorted()
        .forEach(name -> errors.add("?" + name, "is not known; " + detail));
  }

  /// Reads a parameter that may be there once.
  <T> Optional<T> one(String name, Function<String, Optional<T>> read, String detail) {
    List<String> values = query.all(name, List::of);
    Optional<T> value = values.size() == 1 ? read.apply(values.getFirst()) : Optional.empty();
    if (value.isEmpty() && !values.isEmpty()) {
      errors.add("?" + name, values.size() == 1 ? detail : "must be sent once");
    }
    return value;
  }

  Optional<String> type() {
    return one("type", text -> Optional.of(text).filter(NewTask::isType), "must be a task type");
  }
}
