package dev.taskscheduler.handlers.queues;

import dev.taskscheduler.handlers.wire.BlockJson;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.queue.QueuePause;
import dev.taskscheduler.queue.QueueSettings;
import dev.taskscheduler.queue.QueueSource;
import dev.taskscheduler.queue.QueueView;
import dev.taskscheduler.task.Priority;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// Writes queues and patterns.
final class QueueJson {
  private QueueJson() {}

  /// A queue: what stands in it, what holds it back, and what sets something for it.
  static void write(JsonGenerator json, QueueView queue) {
    json.writeStringProperty("name", queue.name());
    json.writeObjectPropertyStart("ready");
    for (Priority priority : Priority.values()) {
      json.writeNumberProperty(priority.wire(), queue.ready().getOrDefault(priority, 0L));
    }
    json.writeEndObject();
    json.writeNumberProperty("running", queue.running());
    queue
        .oldest()
        .ifPresent(time -> json.writeStringProperty("oldestSubmittedAt", JsonText.time(time)));
    queue.blocked().ifPresent(block -> BlockJson.write(json, block));
    queue.sources().stream()
        .filter(source -> source.pause().isPresent())
        .findFirst()
        .ifPresent(source -> pause(json, source, true));
    QueueSettings own =
        queue.sources().stream()
            .filter(source -> source.name().equals(queue.name()))
            .findFirst()
            .map(QueueSource::settings)
            .orElse(QueueSettings.NONE);
    SettingsJson.own(json, own);
    SettingsJson.effective(json, queue.sources());
  }

  /// A pattern: what it sets itself.
  static void write(JsonGenerator json, QueueSource pattern) {
    json.writeStringProperty("name", pattern.name());
    pause(json, pattern, false);
    SettingsJson.own(json, pattern.settings());
  }

  /// @param from whether to say which name or pattern it is
  private static void pause(JsonGenerator json, QueueSource source, boolean from) {
    Optional<QueuePause> pause = source.pause();
    if (pause.isEmpty()) {
      return;
    }
    switch (pause.get()) {
      case QueuePause.Paused(Instant since, String note) -> {
        json.writeObjectPropertyStart("paused");
        if (from) {
          json.writeStringProperty("from", source.name());
        }
        json.writeStringProperty("since", JsonText.time(since));
        if (!note.isEmpty()) {
          json.writeStringProperty("note", JsonText.outside(note));
        }
        json.writeEndObject();
      }
      case QueuePause.Resumed resumed -> json.writeBooleanProperty("resumed", true);
    }
  }
}
