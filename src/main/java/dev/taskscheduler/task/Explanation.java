package dev.taskscheduler.task;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The state of a task and what is ahead of it, at one instant. Who leads is not known here.
///
/// @param at that instant, by the store's clock
/// @param options what its submission asked for
/// @param charged attempts charged against its limit
/// @param queue its place among what is ready; empty if it is not
/// @param blocked why no task of its queue may start now; empty if they may, or it is not ready
/// @param pausedBy what keeps it from being started, widest first
/// @param lastBad its last attempt that ended badly
/// @param node the one that runs it; empty if it does not run, or nobody knows
/// @param cancelling whether it runs and its leader was asked to interrupt it
public record Explanation(
    Task task,
    Instant at,
    TaskOptions options,
    int charged,
    Optional<InQueue> queue,
    Optional<QueueBlock> blocked,
    List<Pause> pausedBy,
    Optional<AttemptRecord> lastBad,
    Optional<String> node,
    boolean cancelling) {
  public Explanation {
    pausedBy = List.copyOf(pausedBy);
  }

  /// A ready task's place.
  ///
  /// @param place among those of its queue and priority; 1 is the next
  /// @param exact whether that is its place, or it is there or further back
  /// @param higher how many of higher priorities go before it, paused priorities left out
  /// @param turns how many queues have their turns before its queue
  public record InQueue(long place, boolean exact, long higher, long turns) {
    /// How many go before it.
    public long ahead() {
      return place - 1 + higher;
    }
  }

  /// Whether its time is over: it is ended when its turn comes, and never starts.
  public boolean expired() {
    return options.get(TaskOption.EXPIRES_AT).filter(time -> time.isBefore(at)).isPresent();
  }
}
