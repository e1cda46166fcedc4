package dev.taskscheduler.task;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The options that a task's submission asked for; what is left out is as the leader is configured.
///
/// @param values each of its option's type
public record TaskOptions(Map<TaskOption<?>, Object> values) {
  /// Nothing beyond the usual.
  public static final TaskOptions NONE = new TaskOptions(Map.of());

  public TaskOptions {
    values = Map.copyOf(values);
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  public boolean has(TaskOption<?> option) {
    return values.containsKey(option);
  }

  public <T> Optional<T> get(TaskOption<T> option) {
    return Optional.ofNullable(values.get(option)).map(option.type()::cast);
  }

  /// The queue of the task.
  public String queue() {
    return get(TaskOption.QUEUE).orElse(QueueName.DEFAULT);
  }

  /// The same with one more.
  public <T> TaskOptions with(TaskOption<T> option, T value) {
    Map<TaskOption<?>, Object> more = new HashMap<>(values);
    more.put(option, value);
    return new TaskOptions(more);
  }

  /// These, and of the others what these leave out.
  public TaskOptions orElse(TaskOptions others) {
    if (others.isEmpty()) {
      return this; // nearly always
    }
    Map<TaskOption<?>, Object> both = new HashMap<>(others.values);
    both.putAll(values);
    return new TaskOptions(both);
  }

  /// When a task that was submitted at `submittedAt` may start.
  public Instant dueAt(Instant submittedAt) {
    Instant due =
        get(TaskOption.RUN_AT)
            .orElseGet(() -> submittedAt.plus(get(TaskOption.DELAY).orElse(Duration.ZERO)));
    return due.isAfter(submittedAt) ? due : submittedAt;
  }

  /// Whether nothing is to be looked after when the task completes.
  public boolean endsPlainly() {
    return !has(TaskOption.RETENTION)
        && !has(TaskOption.CALLBACK_URL)
        && !has(TaskOption.UNIQUE_KEY)
        && !has(TaskOption.SCHEDULE);
  }
}
