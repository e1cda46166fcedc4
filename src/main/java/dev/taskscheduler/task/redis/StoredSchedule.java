package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.ScriptCalls.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.schedule.ScheduleState;
import dev.taskscheduler.schedule.ScheduleView;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A schedule as Redis holds it.
///
/// @param settings as [ScheduleCodec] wrote them
/// @param task as [ScheduleCodec] wrote it
record StoredSchedule(ScheduleView view, String settings, byte[] task) {
  private static final System.Logger LOG = System.getLogger(StoredSchedule.class.getName());

  /// What stands in Redis may be anything: what cannot be read is as if it were not there.
  static Optional<StoredSchedule> read(List<?> shown) {
    String name = text(shown.getFirst());
    try {
      String settings = text(shown.get(2));
      boolean isPaused = !text(shown.get(8)).isEmpty();
      String fault = new String((byte[]) shown.get(10), UTF_8);
      boolean waits = !text(shown.get(12)).isEmpty();
      Optional<Instant> next = time(shown.get(6));
      ScheduleState state =
          isPaused
              ? ScheduleState.PAUSED
              : !fault.isEmpty()
                  ? ScheduleState.FAULTY
                  : next.isPresent() || waits ? ScheduleState.ACTIVE : ScheduleState.ENDED;
      String runs = text(shown.get(15));
      ScheduleView view =
          new ScheduleView(
              name,
              ScheduleCodec.read(name, settings),
              (byte[]) shown.get(4),
              ofMillis(text(shown.get(5))),
              Long.parseLong(text(shown.get(1))),
              state,
              next,
              time(shown.get(7)),
              time(shown.get(8)),
              new String((byte[]) shown.get(9), UTF_8),
              fault,
              text(shown.get(11)).isEmpty()
                  ? OptionalInt.empty()
                  : OptionalInt.of(Integer.parseInt(text(shown.get(11)))),
              runs.isEmpty() ? List.of() : List.of(runs.split(" ", -1)),
              RedisFires.instants(text(shown.get(14))),
              text(shown.get(13)));
      return Optional.of(new StoredSchedule(view, settings, (byte[]) shown.get(3)));
    } catch (IllegalArgumentException e) {
      LOG.log(Level.DEBUG, () -> "schedule cannot be read name=%s why=%s".formatted(name, e));
      return Optional.empty();
    }
  }

  private static Optional<Instant> time(Object ms) {
    return Optional.of(text(ms)).filter(text -> !text.isEmpty()).map(StoredSchedule::ofMillis);
  }

  private static Instant ofMillis(String ms) {
    return Instant.ofEpochMilli(Long.parseLong(ms));
  }
}
