package dev.taskscheduler.schedule;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.NewTask;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The port for the leader's part in schedules. Every call carries the leader's token, and fails
/// with [dev.taskscheduler.task.StoreException.Fenced] once another leads.
public interface Fires {
  /// What is to be looked at now.
  ///
  /// @param now the time of Redis's clock, which alone decides what is due
  /// @param untilNext how long until the next one is due; an hour at most
  /// @param more whether there is more than `limit`
  /// @param all how many schedules there are
  /// @param active how many of them wait for an instant
  record Due(
      Instant now,
      Duration untilNext,
      boolean more,
      long all,
      long active,
      List<DueSchedule> schedules) {}

  /// A schedule whose next instant has passed, or one of whose runs has ended.
  ///
  /// @param generation of its settings
  /// @param next the planned instant that it stands at; empty if it stands at none
  /// @param runs how many of its runs have not ended
  /// @param lastEnd when the last run ended; empty if none has, or the task is gone
  /// @param buffered instants that wait for the end of a run
  record DueSchedule(
      String name,
      long generation,
      ScheduleSettings settings,
      NewTask task,
      Optional<Instant> next,
      int runs,
      Optional<Instant> lastEnd,
      List<Instant> buffered) {}

  /// What to do with a schedule, all or nothing: only while its generation and its next instant are
  /// as they were seen.
  ///
  /// @param seen the schedule
  /// @param instants for which it fires, in order; the overlap policy is applied to each
  /// @param missed instants that do not fire
  /// @param next the instant at which it stands then; empty if it is over, or waits for a run's end
  /// @param firesAt when that fires, with jitter
  /// @param waitsForRun whether the end of a run plans its next instant
  record Fire(
      DueSchedule seen,
      List<Instant> instants,
      int missed,
      Optional<Instant> next,
      Optional<Instant> firesAt,
      boolean waitsForRun) {}

  /// @param limit schedules, 1 to 500
  Due due(FencingToken token, int limit);

  /// @return of each what became of its instants; none where another call had changed the schedule
  ///   meanwhile: nothing was done with it
  List<List<FireOutcome>> fire(FencingToken token, List<Fire> fires);

  /// Sets a schedule aside that cannot be planned or whose record cannot be read: it is looked at
  /// again after a while.
  void fault(FencingToken token, String name, String why);
}
