package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.submit.SubmitProblems;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskFilter;
import dev.taskscheduler.task.TaskPage;
import dev.taskscheduler.task.TaskQueries;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/// The progress of one call that does something to all tasks that a query selects: page by page, up
/// to the limit of the query.
final class SelectedTasks {
  /// Pages that are read in one call, each of which may have found nothing.
  private static final int MOST_PAGES = 100;

  /// What was done to a task.
  enum Done {
    CANCELLED,
    /// It runs, and its leader was asked to interrupt it.
    CANCELLING,
    DELETED,
    RETRIED,
    /// It stays as it is.
    REFUSED,
    /// There was no room for it: the call ends, and the next one begins with the same page.
    NO_ROOM
  }

  private final Map<Done, Integer> counts = new EnumMap<>(Done.class);
  private String next; // the cursor where the next call goes on; empty at the end
  private boolean more = true;
  private boolean full; // whether there was no room for one

  private SelectedTasks(String cursor, Set<Done> kinds) {
    this.next = cursor;
    kinds.forEach(kind -> counts.put(kind, 0));
  }

  /// Does something to the selected tasks.
  ///
  /// @param kinds of results that it may have
  /// @param step takes the tasks of one page, and returns what became of each
  /// @return empty if the cursor of the query is unknown
  static Optional<SelectedTasks> each(
      TaskQueries tasks, TaskQuery query, Set<Done> kinds, Function<List<Task>, List<Done>> step) {
    SelectedTasks progress = new SelectedTasks(query.cursor(), kinds);
    TaskFilter filter = query.filter();
    for (int pages = 0; pages < MOST_PAGES && progress.more && !progress.full; pages++) {
      int limit = filter.limit() - progress.tried();
      if (limit == 0) {
        break;
      }
      Optional<TaskPage> page = tasks.list(filter.only(filter.states(), limit), progress.next);
      if (page.isEmpty()) {
        return Optional.empty();
      }
      List<Task> found = page.get().tasks();
      progress.add(found.isEmpty() ? List.of() : step.apply(found), page.get().next());
    }
    return Optional.of(progress);
  }

  private void add(List<Done> results, Optional<String> nextPage) {
    for (Done done : results) {
      if (done == Done.NO_ROOM) {
        full = true;
      } else {
        counts.merge(done, 1, Integer::sum);
      }
    }
    if (!full) {
      next = nextPage.orElse("");
      more = nextPage.isPresent();
    }
  }

  /// Whether there was no room for even one.
  boolean tookNone() {
    return full && tried() == 0;
  }

  private int tried() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /// The counts, as a line of the log says them.
  String log() {
    StringBuilder text = new StringBuilder();
    counts.forEach((done, count) -> text.append(JsonText.word(done) + "=" + count + " "));
    return text.toString().strip();
  }

  void write(JsonGenerator json) {
    counts.forEach((done, count) ->
        json.writeNumberProperty(done == Done.RETRIED ? "revived" : JsonText.word(done), count));
    json.writeBooleanProperty("more", more);
    if (!next.isEmpty()) {
      json.writeStringProperty("next", next);
    }
    if (full) {
      json.writeObjectPropertyStart("problem");
      SubmitProblems.noRoomToRetry().write(json);
      json.writeEndObject();
    }
  }
}
