package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Rfc3339;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.QueueName;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.TaskFilter;
import io.helidon.common.uri.UriQuery;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The query of `GET /tasks` and `POST /tasks/retry`.
record TaskQuery(TaskFilter filter, String cursor) {
  private static final List<String> KNOWN =
      List.of(
          "state",
          "type",
          "queue",
          "priority",
          "submittedSince",
          "submittedBefore",
          "limit",
          "cursor");
  private static final String STATES =
      Arrays.stream(StateName.values()).map(StateName::wire).collect(Collectors.joining(", "));
  private static final String TIME =
      "must be a time such as 2026-11-23T08:55:00Z (RFC 3339); write the + of an offset as %2B";

  /// @param errors takes what is wrong with it
  /// @return empty if something is
  static Optional<TaskQuery> read(UriQuery query, FieldErrors errors) {
    QueryReader reader = new QueryReader(query, errors);
    reader.allow(KNOWN, "the parameters are " + String.join(", ", KNOWN));
    Optional<StateName> state = reader.one("state", StateName::parse, "must be one of " + STATES);
    Optional<Priority> priority =
        reader.one("priority", Priority::parse, "must be one of high, medium, low");
    Optional<String> type = reader.type();
    Optional<String> queue =
        reader.one(
            "queue",
            text -> Optional.of(text).filter(QueueName::isName),
            "must be " + QueueName.RULE);
    Optional<Instant> since = reader.one("submittedSince", Rfc3339::time, TIME);
    Optional<Instant> before = reader.one("submittedBefore", Rfc3339::time, TIME);
    Optional<Integer> limit = reader.limit(TaskFilter.MOST);
    Optional<String> cursor = reader.cursor();
    if (!errors.none()) {
      return Optional.empty();
    }
    TaskFilter filter =
        new TaskFilter(
            state, priority, type, queue, since, before, limit.orElse(TaskFilter.USUAL_LIMIT));
    return Optional.of(new TaskQuery(filter, cursor.orElse("")));
  }
}
