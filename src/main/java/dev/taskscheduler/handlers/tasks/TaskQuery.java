package dev.taskscheduler.handlers.tasks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.handlers.wire.QueryReader;
import dev.taskscheduler.handlers.wire.Rfc3339;
import dev.taskscheduler.handlers.wire.Sha256;
import dev.taskscheduler.handlers.wire.Utf8;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.QueueName;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.Tags;
import dev.taskscheduler.task.TaskFilter;
import dev.taskscheduler.task.TaskStatus;
import io.helidon.common.uri.UriQuery;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The query of `GET /tasks`, and of `POST /tasks/retry` and its like.
record TaskQuery(TaskFilter filter, String cursor) {
  private static final List<String> KNOWN =
      List.of(
          "state",
          "status",
          "type",
          "queue",
          "priority",
          "submittedSince",
          "submittedBefore",
          "tag",
          "uniqueKey",
          "error",
          "id",
          "order",
          "limit",
          "cursor");
  private static final String STATES =
      Arrays.stream(StateName.values()).map(StateName::wire).collect(Collectors.joining(", "));
  private static final String STATUSES =
      Arrays.stream(TaskStatus.values()).map(TaskStatus::wire).collect(Collectors.joining(", "));
  private static final String TIME =
      "must be a time such as 2026-11-23T08:55:00Z (RFC 3339); write the + of an offset as %2B";
  private static final Pattern ID = Pattern.compile("[0-9a-f-]{4,36}");
  private static final int LONGEST_TEXT = 200;
  private static final String TEXT = "must be 1 to " + LONGEST_TEXT + " characters";

  /// @param errors takes what is wrong with it
  /// @return empty if something is
  static Optional<TaskQuery> read(UriQuery query, FieldErrors errors) {
    QueryReader reader = new QueryReader(query, errors);
    reader.allow(KNOWN, "the parameters are " + String.join(", ", KNOWN));
    Set<StateName> states = states(reader);
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
    TaskFilter.Words words = words(reader);
    Optional<String> order =
        reader.one("order", text -> Optional.of(text).filter("newest"::equals), "must be newest");
    Optional<Integer> limit = reader.limit(TaskFilter.MOST);
    Optional<String> cursor = reader.cursor();
    if (!errors.none()) {
      return Optional.empty();
    }
    TaskFilter filter =
        new TaskFilter(
            states,
            priority,
            type,
            queue,
            since,
            before,
            words,
            order.isPresent(),
            limit.orElse(TaskFilter.USUAL_LIMIT));
    return Optional.of(new TaskQuery(filter, cursor.orElse("")));
  }

  /// The same for some states.
  TaskQuery of(Set<StateName> states) {
    return new TaskQuery(filter.only(states, filter.limit()), cursor);
  }

  /// What it selects by, as a line of the log says it, with a space behind; of free text only that
  /// it was there.
  String log() {
    StringJoiner text = new StringJoiner(" ", "", " ").setEmptyValue("");
    if (!filter.states().isEmpty()) {
      text.add(
          filter.states().stream()
              .map(StateName::wire)
              .sorted()
              .collect(Collectors.joining(",", "state=", "")));
    }
    filter.priority().ifPresent(priority -> text.add("priority=" + priority.wire()));
    filter.type().ifPresent(type -> text.add("type=" + type));
    filter.queue().ifPresent(queue -> text.add("queue=" + queue));
    filter.words().tag().ifPresent(tag -> text.add("tag=" + tag));
    filter.submittedSince().ifPresent(since -> text.add("submittedSince=" + since));
    filter.submittedBefore().ifPresent(before -> text.add("submittedBefore=" + before));
    filter.words().uniqueKeyHash().ifPresent(hash -> text.add("uniqueKey=..."));
    filter.words().error().ifPresent(error -> text.add("error=..."));
    filter.words().id().ifPresent(id -> text.add("id=" + id));
    return text.toString();
  }

  private static Set<StateName> states(QueryReader reader) {
    Optional<StateName> state =
        reader.one(
            "state",
            StateName::parse,
            "must be one of " + STATES + "; for one of " + STATUSES + " send status");
    Optional<TaskStatus> status =
        reader.one(
            "status",
            TaskStatus::parse,
            "must be one of " + STATUSES + "; for one of " + STATES + " send state");
    if (state.isPresent() && status.isPresent()) {
      reader.errors().add("?status", "cannot be combined with state; leave one of them out");
    }
    return state.map(Set::of).or(() -> status.map(TaskStatus::states)).orElse(Set.of());
  }

  private static TaskFilter.Words words(QueryReader reader) {
    Optional<String> tag =
        reader.one("tag", text -> Optional.of(text).filter(Tags::isTag), Tags.RULE);
    Optional<String> key = reader.one("uniqueKey", TaskQuery::text, TEXT);
    Optional<String> error = reader.one("error", TaskQuery::text, TEXT);
    Optional<String> id =
        reader.one(
            "id",
            text -> Optional.of(text.toLowerCase(Locale.ROOT)).filter(ID.asMatchPredicate()),
            "must be an id, or the first 4 characters of one or more of them");
    return new TaskFilter.Words(tag, key.map(text -> Sha256.of(text.getBytes(UTF_8))), error, id);
  }

  private static Optional<String> text(String text) {
    return Optional.of(text)
        .filter(some -> !some.isEmpty() && some.length() <= LONGEST_TEXT && Utf8.encodes(some));
  }
}
