package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.wire.PauseJson;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.TaskCounts;
import dev.taskscheduler.task.TaskOverview;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// Writes what sums up all tasks.
public final class StatsJson {
  private StatsJson() {}

  /// Writes the members `tasks`, `ready`, `nextDueAt` and `paused`.
  public static void write(JsonGenerator json, TaskOverview overview) {
    counts(json, overview.counts());
    json.writeObjectPropertyStart("ready");
    for (Priority priority : Priority.values()) {
      ready(json, overview, priority);
    }
    json.writeEndObject();
    overview.nextDue().ifPresent(due -> TaskJson.time(json, "nextDueAt", due));
    PauseJson.write(json, overview.paused());
  }

  private static void counts(JsonGenerator json, TaskCounts counts) {
    json.writeObjectPropertyStart("tasks");
    json.writeNumberProperty("scheduled", counts.scheduled());
    json.writeNumberProperty(
        "ready", counts.ready().values().stream().mapToLong(Long::longValue).sum());
    json.writeNumberProperty("running", counts.running());
    json.writeNumberProperty("completed", counts.completed());
    json.writeNumberProperty("dead", counts.dead());
    json.writeNumberProperty("expired", counts.expired());
    json.writeNumberProperty("cancelled", counts.cancelled());
    json.writeEndObject();
  }

  private static void ready(JsonGenerator json, TaskOverview overview, Priority priority) {
    json.writeObjectPropertyStart(priority.wire());
    json.writeNumberProperty("tasks", overview.counts().ready().getOrDefault(priority, 0L));
    Optional.ofNullable(overview.front().get(priority))
        .ifPresent(submitted -> TaskJson.time(json, "oldestSubmittedAt", submitted));
    json.writeEndObject();
  }
}
