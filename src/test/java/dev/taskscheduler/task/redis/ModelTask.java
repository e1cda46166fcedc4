package dev.taskscheduler.task.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.QueueName;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One task as [StoreModel] sees it.
final class ModelTask {
  private static final int TRAIL = 20;

  final Priority priority;
  final String type;
  final String queue;
  final Optional<Integer> maxAttempts;
  final String uniqueKey;
  final Optional<String> callbackUrl;
  final Callback.When callbackOn;
  final long delayHours;
  final long retentionHours;
  final String payload;
  final List<String> trail = new ArrayList<>();
  StoreModel.Place place = StoreModel.Place.READY;
  boolean overBefore; // its expiry lies in the past
  String options;
  String error = "";
  final Set<Integer> begun =
      new HashSet<>(); // numbers of its starts; an id may come again once it was trimmed
  boolean started; // a start of it stands in its record
  int starts;
  long epoch;
  int charged;
  int ageHours;
  long submittedUs; // 0 until it is seen

  ModelTask(NewTask asked) {
    TaskOptions told = asked.options();
    priority = asked.priority();
    type = asked.type();
    queue = told.queue();
    maxAttempts = told.get(TaskOption.MAX_ATTEMPTS);
    uniqueKey = told.get(TaskOption.UNIQUE_KEY).orElse("");
    callbackUrl = told.get(TaskOption.CALLBACK_URL);
    callbackOn = told.get(TaskOption.CALLBACK_ON).orElse(Callback.When.BOTH);
    delayHours = told.get(TaskOption.DELAY).map(java.time.Duration::toHours).orElse(0L);
    retentionHours = told.get(TaskOption.RETENTION).map(java.time.Duration::toHours).orElse(0L);
    overBefore = told.get(TaskOption.EXPIRES_AT).filter(at -> at.getEpochSecond() == 0).isPresent();
    options = TaskOptionsCodec.write(told);
    payload = new String(asked.payload(), UTF_8);
  }

  static ModelTask callback(String parent, ModelTask of) {
    String payload =
        "{\"task\":\"" + parent + "\",\"url\":\"" + of.callbackUrl.orElseThrow() + "\"}";
    ModelTask child =
        new ModelTask(
            new NewTask(
                of.priority,
                Callback.TYPE,
                payload.getBytes(UTF_8),
                TaskOptions.NONE.with(TaskOption.QUEUE, QueueName.CALLBACK)));
    if (child.maxAttempts.isPresent()) {
      throw new IllegalStateException("a callback is tried as usual");
    }
    return child;
  }

  /// The ready list where it is to stand.
  String list() {
    return priority.wire() + ":" + queue;
  }

  String letter() {
    return priority.wire().substring(0, 1);
  }

  boolean live() {
    return switch (place) {
      case READY, SCHEDULED, RUNNING -> true;
      case DONE, KEPT, DEAD, EXPIRED, CANCELLED -> false;
    };
  }

  /// A start of it is over.
  void startIsOver(StoreModel.Run run) {
    starts = run.attempt();
    epoch = Long.parseLong(run.token().substring(0, run.token().indexOf(':')));
  }

  void remember(String how, String what) {
    trail.add("%06x %012x %s %s".formatted(starts, epoch, how, what));
    while (trail.size() > TRAIL) {
      trail.removeFirst();
    }
  }

  void revived() {
    place = StoreModel.Place.READY;
    charged = 0;
    started = false;
    error = "";
    overBefore = false;
    options = options.replaceAll(" x=\\d+", "");
  }

  /// How many of the attempts that are charged to it were cut short by a crash.
  long crashes() {
    List<String> charging =
        trail.stream().filter(line -> line.matches("\\p{XDigit}+ \\p{XDigit}+ [lft] .*")).toList();
    return charging.subList(Math.max(0, charging.size() - charged), charging.size()).stream()
        .filter(line -> line.split(" ")[2].equals("l"))
        .count();
  }

  /// Whether the trail ends with a failure of this attempt.
  boolean failedLast(int attempt) {
    return !trail.isEmpty()
        && trail.getLast().matches("%06x \\p{XDigit}+ [ft] .*".formatted(attempt));
  }

  /// Its record, in the form of [StorePicture].
  String record() {
    String state =
        switch (place) {
          case READY, SCHEDULED, RUNNING -> "w";
          case DONE, KEPT -> "c";
          case DEAD -> "d";
          case EXPIRED -> "e";
          case CANCELLED -> "x";
        };
    return "%s %s %06x %012x %04x %s %d %s%s%s\n%s"
        .formatted(
            state,
            (started ? "started" : "-") + (live() ? "" : " ended"),
            starts,
            epoch,
            charged,
            letter(),
            submittedUs,
            type,
            options,
            error.isEmpty() ? "" : "\t" + error,
            payload);
  }
}
