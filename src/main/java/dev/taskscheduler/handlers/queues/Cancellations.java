package dev.taskscheduler.handlers.queues;

import dev.taskscheduler.task.Cancellation;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskFilter;
import dev.taskscheduler.task.TaskPage;
import dev.taskscheduler.task.TaskService;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// The progress of one call that cancels the waiting tasks of a queue, page by page. A task that
/// becomes ready meanwhile is found as a ready one, since these come last.
final class Cancellations {
  /// Tasks that one call cancels.
  static final int MOST = 1_000;

  /// Pages that are read in one call, each of which may have found nothing.
  private static final int MOST_PAGES = 100;

  private static final int PAGE = 200;
  private static final List<StateName> WAITING =
      List.of(StateName.SCHEDULED, StateName.RETRYING, StateName.READY);
  private static final char BETWEEN = '~';

  private final TaskService tasks;
  private final String queue;
  private int place; // in WAITING; its size when all is done
  private String cursor; // of the next page of that state; empty for the first
  private int tried;
  private int cancelled;
  private int cancelling;

  private Cancellations(TaskService tasks, String queue, int place, String cursor) {
    this.tasks = tasks;
    this.queue = queue;
    this.place = place;
    this.cursor = cursor;
  }

  /// Cancels up to [#MOST] tasks.
  ///
  /// @param from the `next` of the answer before; empty at the beginning
  /// @return empty if that is unknown
  static Optional<Cancellations> of(TaskService tasks, String queue, String from) {
    int place = 0;
    String cursor = "";
    if (!from.isEmpty()) {
      int between = from.indexOf(BETWEEN);
      place = between < 0 ? -1 : place(from.substring(0, between));
      cursor = from.substring(between + 1);
    }
    if (place < 0) {
      return Optional.empty();
    }
    Cancellations done = new Cancellations(tasks, queue, place, cursor);
    return done.run() ? Optional.of(done) : Optional.empty();
  }

  private static int place(String state) {
    for (int i = 0; i < WAITING.size(); i++) {
      if (WAITING.get(i).wire().equals(state)) {
        return i;
      }
    }
    return -1;
  }

  /// @return whether the cursor is known
  private boolean run() {
    for (int pages = 0; pages < MOST_PAGES && more() && tried < MOST; pages++) {
      Optional<TaskPage> page = tasks.queries().list(filter(), cursor);
      if (page.isEmpty()) {
        return false;
      }
      page.get().tasks().forEach(this::cancel);
      cursor = page.get().next().orElse("");
      if (cursor.isEmpty()) {
        place++;
      }
    }
    return true;
  }

  private TaskFilter filter() {
    return new TaskFilter(
        Optional.of(WAITING.get(place)),
        Optional.empty(),
        Optional.empty(),
        Optional.of(queue),
        Optional.empty(),
        Optional.empty(),
        Math.min(PAGE, MOST - tried));
  }

  private void cancel(Task task) {
    tried++;
    switch (tasks.cancel(task.id())) {
      case Cancellation.Cancelled _ -> cancelled++;
      case Cancellation.Asked _ -> cancelling++; // it has started meanwhile
      case Cancellation.Ended _, Cancellation.Unknown _ -> {}
    }
  }

  int cancelled() {
    return cancelled;
  }

  /// Whether there may be more.
  boolean more() {
    return place < WAITING.size();
  }

  void write(JsonGenerator json) {
    json.writeNumberProperty("cancelled", cancelled);
    json.writeNumberProperty("cancelling", cancelling);
    json.writeBooleanProperty("more", more());
    if (more()) {
      json.writeStringProperty("next", WAITING.get(place).wire() + BETWEEN + cursor);
    }
  }
}
