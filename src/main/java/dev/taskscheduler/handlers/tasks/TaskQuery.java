package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Rfc3339;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.TaskFilter;
import io.helidon.common.uri.UriQuery;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Reads the query of `GET /tasks` and `POST /tasks/retry`, all its faults at once.
final class TaskQuery {
  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}");
  private static final Set<String> KNOWN =
      Set.of("state", "type", "priority", "submittedSince", "submittedBefore", "limit", "cursor");
  private static final String STATES =
      Arrays.stream(StateName.values()).map(StateName::wire).collect(Collectors.joining(", "));
  private static final String TIME =
      "must be a time such as 2026-11-23T08:55:00Z (RFC 3339); write the + of an offset as %2B";

  /// A query that was understood.
  record Read(TaskFilter filter, String cursor) {}

  private final UriQuery query;
  private final FieldErrors faults;

  private TaskQuery(UriQuery query, FieldErrors faults) {
    this.query = query;
    this.faults = faults;
  }

  /// @param faults takes what is wrong with it
  /// @return empty if something is
  static Optional<Read> read(UriQuery query, FieldErrors faults) {
    return new TaskQuery(query, faults).read();
  }

  /// Notes a body where the query alone says what is meant: to pass over it could mean everything.
  static void refuseBody(ServerRequest req, FieldErrors faults) {
    if (req.content().hasEntity()) {
      faults.add("", "must be empty; send query parameters instead of a body");
    }
  }

  static Problem invalid(FieldErrors faults) {
    return Problem.named(
            "invalid-query",
            "The query has invalid parameters",
            Status.BAD_REQUEST_400,
            "Correct the parameters in errors and send the request again.")
        .with(faults.all());
  }

  private Optional<Read> read() {
    query.names().stream()
        .filter(name -> !KNOWN.contains(name))
        .sorted()
        .forEach(name ->
            fault(
                name,
                "is not known; the parameters are state, type, priority, submittedSince,"
                    + " submittedBefore, limit, cursor"));
    Optional<StateName> state = one("state", StateName::parse, "must be one of " + STATES);
    Optional<Priority> priority =
        one("priority", Priority::parse, "must be one of high, medium, low");
    Optional<String> type =
        one(
            "type",
            text -> Optional.of(text).filter(TYPE.asMatchPredicate()),
            "must be a task type");
    Optional<Instant> since = one("submittedSince", Rfc3339::time, TIME);
    Optional<Instant> before = one("submittedBefore", Rfc3339::time, TIME);
    Optional<Integer> limit =
        one("limit", TaskQuery::limit, "must be a whole number from 1 to " + TaskFilter.MOST);
    Optional<String> cursor =
        one(
            "cursor",
            text -> Optional.of(text).filter(some -> !some.isEmpty()),
            "must be the next of an earlier answer; leave it out for the first page");
    if (!faults.none()) {
      return Optional.empty();
    }
    TaskFilter filter =
        new TaskFilter(state, priority, type, since, before, limit.orElse(TaskFilter.USUAL_LIMIT));
    return Optional.of(new Read(filter, cursor.orElse("")));
  }

  private static Optional<Integer> limit(String text) {
    return Optional.of(text)
        .filter(NUMBER.asMatchPredicate())
        .map(Integer::valueOf)
        .filter(number -> number >= 1 && number <= TaskFilter.MOST);
  }

  private <T> Optional<T> one(String name, Function<String, Optional<T>> read, String detail) {
    List<String> values = query.all(name, List::of);
    if (values.isEmpty()) {
      return Optional.empty();
    }
    Optional<T> value = values.size() == 1 ? read.apply(values.getFirst()) : Optional.empty();
    if (value.isEmpty()) {
      fault(name, values.size() == 1 ? detail : "must be sent once");
    }
    return value;
  }

  private void fault(String name, String detail) {
    faults.add("?" + name, detail);
  }
}
