package dev.taskscheduler.handlers.tasks;

import dev.taskscheduler.handlers.wire.BlockJson;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.leader.Leader;
import dev.taskscheduler.task.AttemptRecord;
import dev.taskscheduler.task.Explanation;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.QueueBlock;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;

/// Writes why a task is not running now: in one sentence, and in fields.
final class ExplanationJson {
  private ExplanationJson() {}

  static void write(JsonGenerator json, Explanation task, Optional<Leader> leader) {
    WaitReason reason = WaitReason.of(task, leader.isPresent());
    json.writeStringProperty("id", task.task().id());
    json.writeStringProperty("state", task.task().state().named().wire());
    json.writeStringProperty("reason", JsonText.word(reason));
    json.writeStringProperty("why", JsonText.outside(sentence(task, reason)));
    json.writeStringProperty("queue", task.task().queue());
    task.queue()
        .ifPresent(queue -> {
          json.writeNumberProperty(queue.exact() ? "place" : "placeAtLeast", queue.place());
          json.writeNumberProperty(queue.exact() ? "ahead" : "aheadAtLeast", queue.ahead());
          json.writeNumberProperty("turnsBefore", queue.turns());
        });
    task.blocked().ifPresent(block -> BlockJson.write(json, block));
    due(task).ifPresent(due -> TaskJson.time(json, "dueAt", due));
    leader.ifPresentOrElse(
        now -> json.writeStringProperty("leader", now.node()),
        () -> json.writeNullProperty("leader"));
    json.writeArrayPropertyStart("paused");
    task.pausedBy().forEach(what -> json.writeString(what.wire()));
    json.writeEndArray();
    task.options()
        .get(TaskOption.EXPIRES_AT)
        .ifPresent(time -> {
          TaskJson.time(json, "expiresAt", time);
          json.writeBooleanProperty("expired", task.expired());
        });
    if (task.task().state() instanceof TaskState.Running(long epoch, Instant startedAt)) {
      json.writeObjectPropertyStart("running");
      task.node().ifPresent(node -> json.writeStringProperty("node", JsonText.outside(node)));
      json.writeNumberProperty("epoch", epoch);
      TaskJson.time(json, "startedAt", startedAt);
      json.writeBooleanProperty("cancelling", task.cancelling());
      json.writeEndObject();
    }
    task.lastBad()
        .filter(last -> !last.error().isEmpty())
        .ifPresent(last -> json.writeStringProperty("lastError", JsonText.outside(last.error())));
  }

  private static Optional<Instant> due(Explanation task) {
    return switch (task.task().state()) {
      case TaskState.Scheduled(Instant dueAt) -> Optional.of(dueAt);
      case TaskState.Retrying(Instant dueAt, Optional<String> _) -> Optional.of(dueAt);
      case TaskState.Ready _, TaskState.Running _ -> Optional.empty();
      case TaskState.Completed _, TaskState.Dead _, TaskState.Expired _, TaskState.Cancelled _ ->
          Optional.empty();
    };
  }

  private static String sentence(Explanation task, WaitReason reason) {
    String due = due(task).map(JsonText::time).orElse("");
    return switch (reason) {
      case ENDED -> ended(task.task());
      case RUNNING -> running(task);
      case EXPIRED ->
          "It expired at %s: it will not start, and ends when it reaches the front of its queue."
              .formatted(task.options().get(TaskOption.EXPIRES_AT).map(JsonText::time).orElse(""));
      case SCHEDULED -> "It is scheduled for " + due + ".";
      case NO_RUNNER ->
          "The leader that claimed it has no runner for the type %s; it will be claimed again at %s."
              .formatted(task.task().type(), due);
      case RETRYING ->
          "Its next attempt is due at %s%s."
              .formatted(due, task.lastBad().map(ExplanationJson::after).orElse(""));
      case PAUSED -> "Paused: " + paused(task.pausedBy()) + ".";
      case QUEUE_PAUSED -> queuePaused(task);
      case QUEUE_CLOSED, AT_CONCURRENCY, AT_RATE -> blocked(task);
      case NO_LEADER -> "There is no leader now, and only the leader runs tasks.";
      case QUEUED -> queued(task);
      case NEXT ->
          task.queue().isPresent()
              ? "It is next: it starts as soon as the leader has a free worker."
              : "It is being requeued, and starts when it reaches the front of its queue.";
    };
  }

  private static String ended(Task task) {
    return switch (task.state()) {
      case TaskState.Completed(Instant startedAt, Instant finishedAt) ->
          "It completed at " + JsonText.time(finishedAt) + ".";
      case TaskState.Dead(Instant startedAt, Instant finishedAt, String error) ->
          "It is dead since %s: attempt %s was the last%s."
              .formatted(
                  JsonText.time(finishedAt),
                  task.attempts(),
                  error.isEmpty() ? "" : " and failed: " + unstopped(error));
      case TaskState.Expired(Instant finishedAt) ->
          "It expired before it could start; this was recorded at %s."
              .formatted(JsonText.time(finishedAt));
      case TaskState.Cancelled(Optional<Instant> startedAt, Instant finishedAt) ->
          "It was cancelled at " + JsonText.time(finishedAt) + ".";
      case TaskState.Scheduled _, TaskState.Retrying _, TaskState.Ready _, TaskState.Running _ ->
          "";
    };
  }

  private static String running(Explanation task) {
    return "It is running%s, attempt %s%s"
        .formatted(
            task.node().map(node -> " on " + node).orElse(""),
            task.task().attempts(),
            task.cancelling() ? ", and is being cancelled." : ".");
  }

  private static String after(AttemptRecord last) {
    return switch (last.how()) {
      case TIMED_OUT -> ", after attempt " + last.number() + " timed out";
      case LEADER_LOST -> ", after attempt " + last.number() + " lost its leader";
      case FAILED -> ", after attempt " + last.number() + " failed: " + unstopped(last.error());
      case RECALLED, RUNNING, COMPLETED, CANCELLED -> "";
    };
  }

  /// The error without its full stop, since the sentence has one.
  private static String unstopped(String error) {
    return error.endsWith(".") ? error.substring(0, error.length() - 1) : error;
  }

  private static String paused(List<Pause> pauses) {
    return pauses.stream()
        .map(pause ->
            switch (pause) {
              case Pause.All() -> "everything";
              case Pause.OfPriority(Priority priority) -> "priority " + priority.wire();
              case Pause.OfQueue(String name) -> "queue " + name;
            })
        .collect(Collectors.joining(", "));
  }

  /// The pause of a pattern may hold its queue.
  private static String queuePaused(Explanation task) {
    String own = task.task().queue();
    String patterns =
        task.pausedBy().stream()
            .map(pause -> pause instanceof Pause.OfQueue(String name) ? name : "")
            .filter(name -> !name.isEmpty() && !name.equals(own))
            .collect(Collectors.joining(", "));
    String note =
        task.blocked()
            .map(block -> block instanceof QueueBlock.Paused(String text) ? text : "")
            .orElse("");
    return "Its queue "
        + own
        + " is paused"
        + (patterns.isEmpty() ? "" : " by the pause of " + patterns)
        + BlockJson.noted(note);
  }

  private static String blocked(Explanation task) {
    return task.blocked()
        .map(block -> BlockJson.sentence("Its queue " + task.task().queue(), block))
        .orElse("");
  }

  private static String queued(Explanation task) {
    return task.queue()
        .map(place -> {
          String queue = task.task().queue();
          StringBuilder text = new StringBuilder();
          text.append("It is number ").append(place.place());
          text.append(place.exact() ? "" : " or later").append(" in its queue ").append(queue);
          if (place.higher() > 0) {
            text.append("; ").append(counted(place.higher(), "task"));
            text.append(
                place.higher() == 1 ? " of a higher priority goes" : " of higher priorities go");
            text.append(" first");
          }
          if (place.turns() > 0) {
            text.append("; ").append(counted(place.turns(), "other queue"));
            text.append(place.turns() == 1 ? " has its turn" : " have their turns");
            text.append(" before its queue");
          }
          return text.append('.').toString();
        })
        .orElse("");
  }

  private static String counted(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
