package dev.taskscheduler.handlers.wire;

import dev.taskscheduler.task.NewTask;
import io.helidon.common.uri.UriQuery;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Reads the parameters of a query, and collects all its errors.
///
/// @param errors takes what is wrong
public record QueryReader(UriQuery query, FieldErrors errors) {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}");

  /// Notes a body where the query alone says what is meant: to pass over it could mean everything.
  public static void refuseBody(ServerRequest req, FieldErrors errors) {
    if (req.content().hasEntity()) {
      errors.add("", "must be empty; send query parameters instead of a body");
    }
  }

  public static Problem invalid(FieldErrors errors) {
    return Problem.named(
            "invalid-query",
            "The query has invalid parameters",
            Status.BAD_REQUEST_400,
            "Correct the parameters in errors and send the request again.")
        .with(errors.all());
  }

  /// Notes parameters that are not known.
  public void allow(List<String> known, String detail) {
    query.names().stream()
        .filter(name -> !known.contains(name))
        .sorted()
        .forEach(name -> errors.add("?" + name, "is not known; " + detail));
  }

  /// Reads a parameter that may be there once.
  public <T> Optional<T> one(String name, Function<String, Optional<T>> read, String detail) {
    List<String> values = query.all(name, List::of);
    Optional<T> value = values.size() == 1 ? read.apply(values.getFirst()) : Optional.empty();
    if (value.isEmpty() && !values.isEmpty()) {
      errors.add("?" + name, values.size() == 1 ? detail : "must be sent once");
    }
    return value;
  }

  public Optional<String> type() {
    return one("type", text -> Optional.of(text).filter(NewTask::isType), "must be a task type");
  }

  /// The most entries on a page, 1 to `most`.
  public Optional<Integer> limit(int most) {
    return one(
        "limit",
        text ->
            Optional.of(text)
                .filter(NUMBER.asMatchPredicate())
                .map(Integer::valueOf)
                .filter(number -> number >= 1 && number <= most),
        "must be a whole number from 1 to " + most);
  }

  /// Where a page begins: the `next` of an earlier answer.
  public Optional<String> cursor() {
    return one(
        "cursor",
        text -> Optional.of(text).filter(some -> !some.isEmpty()),
        "must be the next of an earlier answer; leave it out for the first page");
  }
}
