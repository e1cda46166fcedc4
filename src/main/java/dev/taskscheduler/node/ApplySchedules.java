package dev.taskscheduler.node;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.Schedules;
import dev.taskscheduler.schedule.Schedules.Change;
import dev.taskscheduler.spi.FencingToken;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps the schedules of a file as they stand there. It applies them when it begins, when they
/// change, and each minute: what was changed by hand, or by a former leader with an older file, is
/// set back.
final class ApplySchedules implements Chore {
  private static final System.Logger LOG = System.getLogger(ApplySchedules.class.getName());

  /// The group of the schedules of the file.
  static final String GROUP = "file";

  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final Schedules schedules;
  private final Supplier<Optional<Map<String, NewSchedule>>> file;
  private @Nullable Map<String, NewSchedule> applied;
  private long againNanos;

  /// @param file what stands in the file; empty if there is nothing to apply
  ApplySchedules(Schedules schedules, Supplier<Optional<Map<String, NewSchedule>>> file) {
    this.schedules = schedules;
    this.file = file;
  }

  @Override
  public Duration run(FencingToken token) {
    Optional<Map<String, NewSchedule>> wanted = file.get();
    if (wanted.isPresent() && (wanted.get() != applied || System.nanoTime() - againNanos >= 0)) {
      apply(wanted.get());
    }
    return LOOK;
  }

  private void apply(Map<String, NewSchedule> wanted) {
    Map<String, Change> changes = schedules.apply(GROUP, wanted, true, false);
    applied = wanted;
    againNanos = System.nanoTime() + AGAIN.toNanos();
    Map<Change, Integer> counts = new TreeMap<>();
    changes.values().forEach(change -> counts.merge(change, 1, Integer::sum));
    counts.remove(Change.UNCHANGED);
    if (counts.containsKey(Change.TOO_MANY)) {
      LOG.log(
          WARNING,
          "schedules of the file are not applied, there are too many schedules: delete some most="
              + Schedules.MOST);
    } else if (!counts.isEmpty()) {
      LOG.log(INFO, () -> "schedules of the file applied changes=" + counts);
    }
  }
}
