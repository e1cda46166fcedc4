package dev.taskscheduler.handlers.wire;

import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import java.time.Instant;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/// Writes what is paused.
public final class PauseJson {
  private PauseJson() {}

  /// Writes the member `paused`: what is paused, and since when.
  public static void write(JsonGenerator json, Map<Pause, Instant> paused) {
    json.writeArrayPropertyStart("paused");
    paused.forEach((pause, since) -> {
      json.writeStartObject();
      switch (pause) {
        case Pause.All() -> json.writeBooleanProperty("all", true);
        case Pause.OfPriority(Priority priority) ->
            json.writeStringProperty("priority", priority.wire());
        case Pause.OfQueue(String name) -> json.writeStringProperty("queue", name);
      }
      json.writeStringProperty("since", JsonText.time(since));
      json.writeEndObject();
    });
    json.writeEndArray();
  }
}
