package dev.taskscheduler.queue;

import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.util.List;
import java.util.Optional;

/// The settings of a queue, or of all queues whose names match a pattern. What is empty is as a
/// less specific pattern says, and last as the node is configured.
///
/// @param concurrency how many of its tasks may run at once, in the whole cluster; 1 to 100,000
/// @param rate how many of its tasks may start in a time
/// @param burst how many may start at once after a rest; 1 to 1,000,000; by default what the rate
///   allows in a tenth of a second, at least 1
/// @param weight its part of the turns; 1 to 1,000, by default 1
/// @param honourRetryAfter whether a target that asks to be left alone closes the queue for so long
/// @param defaults the options in [#DEFAULTS] of tasks that do not say
public record QueueSettings(
    Optional<Integer> concurrency,
    Optional<Rate> rate,
    Optional<Integer> burst,
    Optional<Integer> weight,
    Optional<Boolean> honourRetryAfter,
    TaskOptions defaults) {
  /// No settings.
  public static final QueueSettings NONE =
      new QueueSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          TaskOptions.NONE);

  public static final int MOST_CONCURRENCY = 100_000;
  public static final int MOST_BURST = 1_000_000;
  public static final int MOST_WEIGHT = 1_000;

  /// The options of a task that its queue may give it.
  public static final List<TaskOption<?>> DEFAULTS =
      List.of(
          TaskOption.MAX_ATTEMPTS,
          TaskOption.BACKOFF_BASE,
          TaskOption.BACKOFF_CAP,
          TaskOption.BACKOFF_FACTOR,
          TaskOption.TIMEOUT,
          TaskOption.RETENTION);
}
