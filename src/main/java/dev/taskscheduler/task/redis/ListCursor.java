package dev.taskscheduler.task.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.TaskFilter;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The cursor of a list of tasks, as `list.lua` writes it, in a form that fits into a URL.
final class ListCursor {
  private static final String COUNT = "\\d{1,12}";
  private static final String ID = "[!-~]{1,64}";
  private static final String QUEUE = "[A-Za-z0-9._:-]{1,128}";
  private static final String INDEX = "[a-z]{1,10}";
  private static final Pattern TEXT =
      Pattern.compile(
          String.join(
              "|",
              INDEX,
              "(high|medium|low) "
                  + QUEUE
                  + "( "
                  + COUNT
                  + " "
                  + COUNT
                  + " "
                  + ID
                  + " [0-9a-f]{6})?",
              "done " + COUNT,
              "(scheduled|dead|expired|cancelled|retained) \\d{1,16}(\\.\\d{1,6})? " + ID,
              "running \\d{1,18} [!-~]{1,500}"));
  private static final int LONGEST = 1000;

  /// In which states are walked.
  private static final List<StateName> ORDER =
      List.of(
          StateName.RUNNING,
          StateName.READY,
          StateName.SCHEDULED,
          StateName.RETRYING,
          StateName.DEAD,
          StateName.EXPIRED,
          StateName.CANCELLED,
          StateName.COMPLETED);

  private ListCursor() {}

  /// @param filter of the question
  static String write(String text, TaskFilter filter) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((order(filter) + text).getBytes(ISO_8859_1));
  }

  /// A page in one order says nothing of where one in the other begins.
  private static String order(TaskFilter filter) {
    return filter.newest() ? "newest " : "";
  }

  /// @param cursor as [#write] gave it, or empty for the beginning
  /// @param filter of the question
  /// @return what `list.lua` wrote; empty if it never wrote this, or not to this question
  static Optional<String> read(String cursor, TaskFilter filter) {
    if (cursor.isEmpty()) {
      return Optional.of("");
    }
    if (cursor.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), ISO_8859_1);
      return Optional.of(text)
          .filter(some -> some.startsWith(order(filter)))
          .map(some -> some.substring(order(filter).length()))
          .filter(some ->
              TEXT.matcher(some).matches()
                  && List.of(indexes(filter).split(" ")).contains(some.split(" ", 2)[0]));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // not Base64
    }
  }

  /// The indexes that a question is about, in the order in which they are walked.
  static String indexes(TaskFilter filter) {
    String ready = filter.priority().map(Priority::wire).orElse("high medium low");
    return ORDER.stream()
        .filter(state -> filter.states().isEmpty() || filter.states().contains(state))
        .map(state -> indexes(state, ready))
        .distinct()
        .collect(Collectors.joining(" "));
  }

  private static String indexes(StateName state, String ready) {
    return switch (state) {
      case SCHEDULED, RETRYING -> "scheduled";
      case READY -> ready;
      case RUNNING, DEAD, EXPIRED, CANCELLED -> state.wire();
      case COMPLETED -> "done retained";
    };
  }
}
