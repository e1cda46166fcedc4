package dev.taskscheduler.task.redis;

import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// The tasks that [StoreModelIT] submits: of all kinds, and the same whenever an id is sent again.
final class ModelTasks {
  static final List<String> TYPES = List.of("log", "log", "log", "alpha", "beta");
  static final Duration LATER = Duration.ofHours(2);
  private static final int PLAIN_OF_TEN = 4;

  private ModelTasks() {}

  /// Ids of the form that [dev.taskscheduler.task.TaskService] gives, in the order of their
  /// numbers.
  static String id(int number) {
    return "%08x-0000-7000-8000-%012x".formatted(number, number);
  }

  static NewTask task(int number) {
    Random random = new Random(number * 7919L);
    Priority priority = Priority.values()[random.nextInt(3)];
    String type = TYPES.get(random.nextInt(TYPES.size()));
    byte[] payload = StoreOnRedis.payload(id(number));
    return random.nextInt(10) < PLAIN_OF_TEN
        ? new NewTask(priority, type, payload)
        : task(priority, type, payload, random);
  }

  private static NewTask task(Priority priority, String type, byte[] payload, Random random) {
    SubmitOptions terms = terms(random);
    TaskOptions options = options(random, terms.uniqueWindow().isEmpty());
    return new NewTask(priority, type, payload, options, terms);
  }

  /// @param unique whether it may hold a key until it ends: one with a window has that instead
  private static TaskOptions options(Random random, boolean unique) {
    TaskOptions options = TaskOptions.NONE;
    if (random.nextInt(2) == 0) {
      options = options.with(TaskOption.QUEUE, "q:" + random.nextInt(3));
    }
    if (random.nextInt(6) == 0) {
      options = options.with(TaskOption.DELAY, LATER);
    }
    if (random.nextInt(4) == 0) {
      options =
          options
              .with(TaskOption.MAX_ATTEMPTS, 1 + random.nextInt(4))
              .with(TaskOption.BACKOFF_BASE, Duration.ofMillis(7))
              .with(TaskOption.BACKOFF_CAP, Duration.ofHours(1))
              .with(TaskOption.BACKOFF_FACTOR, 1.5);
    }
    switch (random.nextInt(10)) {
      case 0, 1 ->
          options =
              options.with(
                  TaskOption.EXPIRES_AT, Instant.ofEpochMilli(1)); // before it is submitted
      case 2 ->
          options =
              options.with(
                  TaskOption.EXPIRES_AT,
                  Instant.now()
                      .plus(Duration.ofDays(1))
                      .truncatedTo(java.time.temporal.ChronoUnit.DAYS));
      default -> {}
    }
    if (random.nextInt(4) == 0) {
      options = options.with(TaskOption.RETENTION, Duration.ofHours(1 + random.nextInt(4)));
    }
    if (unique && random.nextInt(5) == 0) {
      options =
          options
              .with(TaskOption.UNIQUE_KEY, "aa" + random.nextInt(4))
              .with(TaskOption.TIMEOUT, Duration.ofSeconds(9));
    }
    if (random.nextInt(4) == 0) {
      var when = Callback.When.values()[random.nextInt(3)];
      options =
          options
              .with(TaskOption.CALLBACK_URL, "https://example.org/x?u=ff&d=1")
              .with(TaskOption.CALLBACK_ON, when); // no options
    }
    return options;
  }

  private static SubmitOptions terms(Random random) {
    Optional<SubmitOptions.Idempotency> once =
        random.nextInt(4) > 0
            ? Optional.empty()
            : Optional.of(
                new SubmitOptions.Idempotency(
                    "bb" + random.nextInt(4), "cc" + random.nextInt(2), LATER));
    Optional<SubmitOptions.UniqueWindow> window =
        random.nextInt(7) > 0
            ? Optional.empty()
            : Optional.of(new SubmitOptions.UniqueWindow("aa" + random.nextInt(4), LATER));
    return once.isEmpty() && window.isEmpty()
        ? SubmitOptions.NONE
        : new SubmitOptions(once, window, Durability.MEMORY);
  }
}
