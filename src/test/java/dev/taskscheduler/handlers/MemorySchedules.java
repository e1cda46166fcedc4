package dev.taskscheduler.handlers;

import dev.taskscheduler.schedule.FireOutcome;
import dev.taskscheduler.schedule.FireRecord;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.PlannedInstant;
import dev.taskscheduler.schedule.SchedulePage;
import dev.taskscheduler.schedule.ScheduleState;
import dev.taskscheduler.schedule.ScheduleView;
import dev.taskscheduler.schedule.Schedules;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// Schedules in memory, for tests of what stands before a store; nothing fires.
final class MemorySchedules implements Schedules {
  private static final Instant NOW = Instant.parse("2026-11-23T08:55:00Z");

  final Map<String, ScheduleView> views = new ConcurrentSkipListMap<>();

  @Override
  public Put put(String name, NewSchedule schedule) {
    ScheduleView view = view(name, schedule, "");
    Change change = views.put(name, view) == null ? Change.CREATED : Change.CHANGED;
    return new Put(change, Optional.of(view));
  }

  private static ScheduleView view(String name, NewSchedule schedule, String group) {
    Optional<Instant> next =
        schedule.settings().createdAt(NOW).timing().next(NOW).map(PlannedInstant::at);
    return new ScheduleView(
        name,
        schedule.settings().createdAt(NOW),
        schedule.taskJson(),
        NOW,
        1,
        ScheduleState.ACTIVE,
        next,
        next,
        Optional.empty(),
        "",
        "",
        OptionalInt.empty(),
        List.of(),
        List.of(),
        group);
  }

  @Override
  public Map<String, Change> apply(
      String group, Map<String, NewSchedule> all, boolean prune, boolean dryRun) {
    Map<String, Change> changes = new TreeMap<>();
    all.forEach((name, schedule) -> {
      changes.put(name, views.containsKey(name) ? Change.CHANGED : Change.CREATED);
      if (!dryRun) {
        views.put(name, view(name, schedule, group));
      }
    });
    return changes;
  }

  @Override
  public Change delete(String name) {
    return views.remove(name) == null ? Change.UNKNOWN : Change.CHANGED;
  }

  @Override
  public Change pause(String name, String note) {
    return views.containsKey(name) ? Change.CHANGED : Change.UNKNOWN;
  }

  @Override
  public Change resume(String name) {
    return pause(name, "");
  }

  @Override
  public Triggered trigger(String name, boolean anyway) {
    return views.containsKey(name)
        ? new Triggered(Optional.of(FireOutcome.TRIGGERED), Optional.of("id"))
        : new Triggered(Optional.empty(), Optional.empty());
  }

  @Override
  public Optional<Map<Instant, String>> backfill(String name, List<Instant> instants) {
    return find(name).map(_ -> Map.of());
  }

  @Override
  public Optional<ScheduleView> find(String name) {
    return Optional.ofNullable(views.get(name));
  }

  @Override
  public List<FireRecord> records(String name) {
    return List.of();
  }

  @Override
  public SchedulePage list(String after, int limit) {
    return new SchedulePage(List.copyOf(views.values()), Optional.empty());
  }

  @Override
  public Instant now() {
    return NOW;
  }
}
