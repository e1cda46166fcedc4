package dev.taskscheduler.handlers.wire;

import dev.taskscheduler.task.QueueBlock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// Writes why no task of a queue may start now: in one sentence, and in fields.
public final class BlockJson {
  private BlockJson() {}

  /// Writes the member `blocked`.
  public static void write(JsonGenerator json, QueueBlock block) {
    json.writeObjectPropertyStart("blocked");
    json.writeStringProperty("reason", reason(block));
    json.writeStringProperty("why", JsonText.outside(sentence("The queue", block)));
    switch (block) {
      case QueueBlock.Paused(String note) -> text(json, "note", note);
      case QueueBlock.Closed(Optional<Instant> until, String task, String error) -> {
        time(json, until);
        text(json, "task", task);
        text(json, "error", error);
      }
      case QueueBlock.Concurrency(long limit, long running) -> {
        json.writeNumberProperty("limit", limit);
        json.writeNumberProperty("running", running);
      }
      case QueueBlock.Rate(long starts, Duration period, Optional<Instant> until) -> {
        json.writeStringProperty("rate", starts + "/" + period);
        time(json, until);
      }
    }
    json.writeEndObject();
  }

  private static void text(JsonGenerator json, String name, String text) {
    if (!text.isEmpty()) {
      json.writeStringProperty(name, JsonText.outside(text));
    }
  }

  private static void time(JsonGenerator json, Optional<Instant> until) {
    until.ifPresent(time -> json.writeStringProperty("until", JsonText.time(time)));
  }

  /// The reason in one word.
  public static String reason(QueueBlock block) {
    return switch (block) {
      case QueueBlock.Paused paused -> "queue-paused";
      case QueueBlock.Closed closed -> "queue-closed";
      case QueueBlock.Concurrency concurrency -> "at-concurrency";
      case QueueBlock.Rate rate -> "at-rate";
    };
  }

  /// The reason in one sentence.
  ///
  /// @param queue what it begins with
  public static String sentence(String queue, QueueBlock block) {
    return switch (block) {
      case QueueBlock.Paused(String note) -> queue + " is paused" + noted(note);
      case QueueBlock.Closed(Optional<Instant> until, String task, String error) ->
          queue
              + until
                  .map(time -> " is closed until " + JsonText.time(time))
                  .orElse(" was closed and opens now")
              + (task.isEmpty() ? "" : ", asked for by the answer to task " + task)
              + (error.isEmpty() ? "." : ": " + ended(error));
      case QueueBlock.Concurrency(long limit, long running) ->
          String.format(
              Locale.ROOT,
              "%s is at its limit: %d of its tasks may run at once, and %d run%s.",
              queue,
              limit,
              running,
              running == 1 ? "s" : "");
      case QueueBlock.Rate(long starts, Duration period, Optional<Instant> until) ->
          String.format(
              Locale.ROOT,
              "%s is at its rate of %d start%s in %s: the next task may start %s.",
              queue,
              starts,
              starts == 1 ? "" : "s",
              period,
              until.map(time -> "at " + JsonText.time(time)).orElse("now"));
    };
  }

  /// The end of a sentence about a pause.
  public static String noted(String note) {
    return note.isEmpty() ? "." : ", with the note: " + ended(note);
  }

  private static String ended(String text) {
    return text.endsWith(".") ? text : text + ".";
  }
}
