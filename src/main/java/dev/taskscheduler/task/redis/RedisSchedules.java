package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.ScriptCalls.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.schedule.FireOutcome;
import dev.taskscheduler.schedule.FirePlanner;
import dev.taskscheduler.schedule.FireRecord;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.OverlapPolicy;
import dev.taskscheduler.schedule.PlannedInstant;
import dev.taskscheduler.schedule.SchedulePage;
import dev.taskscheduler.schedule.ScheduleSettings;
import dev.taskscheduler.schedule.ScheduleState;
import dev.taskscheduler.schedule.ScheduleView;
import dev.taskscheduler.schedule.Schedules;
import dev.taskscheduler.schedule.TimeZones;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.QueueName;
import dev.taskscheduler.task.StoreException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keeps schedules, and shows them.
final class RedisSchedules implements Schedules {
  private static final System.Logger LOG = System.getLogger(RedisSchedules.class.getName());
  private static final LuaScript PUT = LuaScript.load(RedisSchedules.class, "schedule-put");
  private static final LuaScript PAUSE = LuaScript.load(RedisSchedules.class, "schedule-pause");
  private static final LuaScript TRIGGER = LuaScript.load(RedisSchedules.class, "schedule-trigger");
  private static final LuaScript SHOW = LuaScript.load(RedisSchedules.class, "schedule-show");
  private static final LuaScript NAMES = LuaScript.load(RedisSchedules.class, "schedule-names");
  private static final LuaScript RECORDS = LuaScript.load(RedisSchedules.class, "schedule-records");

  private static final LuaScript GROUP = LuaScript.load(RedisSchedules.class, "schedule-group");

  /// Schedules in one answer, of 64 KiB each at the worst.
  private static final int SHOWN_AT_ONCE = 50;

  /// Two calls that change a schedule at once are put one after the other; more are refused.
  private static final int MOST_TRIES = 5;

  private static final Pattern RECORD =
      Pattern.compile("(\\d{1,15}) (\\d{1,15}) ([a-z]{1,12}) (\\S{1,128}) (\\d{1,9})");

  private final RedisTaskCommands commands;
  private final FireTasks tasks;
  private final long maxPending;

  /// Redis's clock when it was last read.
  private record Reading(Instant redis, long nanos) {
    /// What it shows now, if both clocks go alike.
    Instant now() {
      return redis.plusNanos(System.nanoTime() - nanos);
    }
  }

  private final AtomicReference<Optional<Reading>> clock = new AtomicReference<>(Optional.empty());

  /// What is known of some schedules.
  ///
  /// @param now the time of Redis's clock
  private record Known(Instant now, Map<String, StoredSchedule> all) {
    Optional<StoredSchedule> stored(String name) {
      return Optional.ofNullable(all.get(name));
    }
  }

  /// @param commands sends the calls, one after the other
  RedisSchedules(RedisTaskCommands commands, Namespace namespace, long maxPending) {
    this.commands = commands;
    this.maxPending = maxPending;
    tasks = new FireTasks(namespace.text(""));
  }

  @Override
  public Put put(String name, NewSchedule schedule) {
    // Most are new, and then one call is enough: the script looks whether all is as this assumes.
    Optional<Known> assumed = clock.get().map(reading -> new Known(reading.now(), Map.of()));
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      Known known = tries == 0 && assumed.isPresent() ? assumed.get() : look(List.of(name));
      String group = known.stored(name).map(stored -> stored.view().group()).orElse("");
      Plan plan = plan(known, name, schedule, group);
      if (plan.change == Change.UNCHANGED) {
        return new Put(plan.change, known.stored(name).map(StoredSchedule::view));
      }
      String[] answer = text(commands.send(PUT, MOST, TimeZones.RULES, plan.words)).split(" ", 2);
      switch (answer[0]) {
        case "done" -> {
          return new Put(
              plan.change,
              plan.change == Change.CREATED
                  ? Optional.of(created(name, schedule, known.now, Long.parseLong(answer[1])))
                  : find(name));
        }
        case "too_many" -> {
          return new Put(Change.TOO_MANY, Optional.empty());
        }
        default -> {} // changed meanwhile, or not as assumed
      }
    }
    throw changedTooOften(name);
  }

  private static ScheduleView created(
      String name, NewSchedule schedule, Instant now, long generation) {
    Instant created = now.truncatedTo(ChronoUnit.MILLIS);
    ScheduleSettings settings = schedule.settings().createdAt(created);
    Optional<Instant> next = next(settings, created);
    return new ScheduleView(
        name,
        settings,
        schedule.taskJson(),
        created,
        generation,
        next.isPresent() ? ScheduleState.ACTIVE : ScheduleState.ENDED,
        next,
        next.map(at -> FirePlanner.firesAt(name, settings, at)),
        Optional.empty(),
        "",
        "",
        settings.remaining(),
        List.of(),
        List.of(),
        "");
  }

  private static Optional<Instant> next(ScheduleSettings settings, Instant now) {
    return settings
        .timing()
        .next(now)
        .or(() -> settings.timing().nextAfterRun(now)) // a fixed delay counts from now
        .map(PlannedInstant::at);
  }

  /// What a call is to do with one schedule.
  ///
  /// @param words as `schedule-put.lua` takes them
  private record Plan(Change change, List<Object> words) {}

  private static Plan plan(Known known, String name, NewSchedule schedule, String group) {
    Optional<StoredSchedule> stored = known.stored(name);
    Instant created = stored.map(each -> each.view().created()).orElse(known.now);
    ScheduleSettings settings = schedule.settings().createdAt(created);
    String lines = ScheduleCodec.write(settings);
    byte[] task = ScheduleCodec.task(schedule.task());
    boolean same =
        stored
            .filter(each -> each.settings().equals(lines) && Arrays.equals(each.task(), task))
            .filter(each -> Arrays.equals(each.view().taskJson(), schedule.taskJson()))
            .filter(each -> each.view().group().equals(group))
            .isPresent();
    if (same) {
      return new Plan(Change.UNCHANGED, List.of());
    }
    Optional<Instant> next = next(settings, known.now);
    return new Plan(
        stored.isPresent() ? Change.CHANGED : Change.CREATED,
        List.of(
            name,
            generation(stored),
            lines,
            task,
            schedule.taskJson(),
            settings.overlap().wire(),
            settings.remaining().isPresent() ? settings.remaining().getAsInt() : "",
            RedisFires.ms(next),
            RedisFires.ms(next.map(at -> FirePlanner.firesAt(name, settings, at))),
            created.toEpochMilli(),
            group));
  }

  private static String generation(Optional<StoredSchedule> stored) {
    return stored.map(each -> String.valueOf(each.view().generation())).orElse("");
  }

  @Override
  public Map<String, Change> apply(
      String group, Map<String, NewSchedule> all, boolean prune, boolean dryRun) {
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      Set<String> names = new TreeSet<>(all.keySet());
      if (prune) {
        ((List<?>) commands.send(GROUP, group, MOST_APPLIED))
            .stream().map(ScriptCalls::text).filter(QueueName::isName).forEach(names::add);
      }
      Known known = look(List.copyOf(names));
      Map<String, Change> changes = new TreeMap<>();
      List<Object> words = new ArrayList<>();
      for (String name : names) {
        NewSchedule schedule = all.get(name);
        Plan plan = schedule == null ? removal(known, name) : plan(known, name, schedule, group);
        changes.put(name, plan.change);
        words.addAll(plan.words);
      }
      switch (dryRun || words.isEmpty()
          ? "done"
          : text(commands.send(PUT, MOST, TimeZones.RULES, words)).split(" ", 2)[0]) {
        case "done" -> {
          return changes;
        }
        case "too_many" -> {
          changes.replaceAll((_, _) -> Change.TOO_MANY);
          return changes;
        }
        default -> {} // changed meanwhile
      }
    }
    throw changedTooOften(group);
  }

  private static Plan removal(Known known, String name) {
    return new Plan(
        Change.REMOVED,
        List.of(name, generation(known.stored(name)), "", "", "", "", "", "", "", "", ""));
  }

  private static StoreException changedTooOften(String name) {
    String message = "the schedule " + name + " was changed by others at the same time; try again";
    return new StoreException.Refused(message, new ConcurrentModificationException(name));
  }

  @Override
  public Change delete(String name) {
    return change(name, "delete", "");
  }

  @Override
  public Change pause(String name, String note) {
    return change(name, "pause", note.replaceAll("\\p{Cntrl}+", " "));
  }

  @Override
  public Change resume(String name) {
    return change(name, "resume", "");
  }

  private Change change(String name, String action, String note) {
    Object answer = commands.send(PAUSE, name, action, note.getBytes(UTF_8));
    return Change.valueOf(text(answer).toUpperCase(Locale.ROOT));
  }

  @Override
  public Triggered trigger(String name, boolean anyway) {
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      Known known = look(List.of(name));
      Optional<StoredSchedule> stored = known.stored(name);
      if (stored.isEmpty()) {
        return new Triggered(Optional.empty(), Optional.empty());
      }
      String id = tasks.id(name, known.now, "trigger " + System.nanoTime());
      String overlap = anyway ? OverlapPolicy.ALLOW.wire() : "";
      String outcome = fire(stored.get(), known.now, id, overlap, "triggered");
      if (!outcome.equals("again")) {
        FireOutcome done = FireOutcome.valueOf(outcome.toUpperCase(Locale.ROOT));
        return done == FireOutcome.FIRED
            ? new Triggered(Optional.of(FireOutcome.TRIGGERED), Optional.of(id))
            : new Triggered(Optional.of(done), Optional.empty());
      }
    }
    throw changedTooOften(name);
  }

  /// @return as `schedule-trigger.lua` answers
  private String fire(
      StoredSchedule stored, Instant planned, String id, String overlap, String noted) {
    String name = stored.view().name();
    NewTask task = ScheduleCodec.task(stored.task());
    return text(
        commands.send(
            TRIGGER,
            name,
            stored.view().generation(),
            maxPending,
            overlap,
            planned.toEpochMilli(),
            id,
            task.priority().wire(),
            FireTasks.body(name, task, planned, 0),
            noted));
  }

  @Override
  public Optional<Map<Instant, String>> backfill(String name, List<Instant> instants) {
    Optional<StoredSchedule> stored = look(List.of(name)).stored(name);
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    Map<Instant, String> submitted = new TreeMap<>();
    for (Instant planned : instants) {
      String id = tasks.id(name, planned, ""); // as the leader would have made it
      switch (fire(stored.get(), planned, id, OverlapPolicy.ALLOW.wire(), "backfilled")) {
        case "fired" -> submitted.put(planned, id);
        case "there" -> {}
        case "full" -> {
          return Optional.of(submitted);
        }
        default -> throw changedTooOften(name);
      }
    }
    return Optional.of(submitted);
  }

  private Known look(List<String> names) {
    return look(names, "whole");
  }

  /// @param much as `schedule-show.lua` takes it
  private Known look(List<String> names, String much) {
    Map<String, StoredSchedule> all = new HashMap<>();
    Instant now = Instant.EPOCH;
    for (int i = 0; i < names.size() || i == 0; i += SHOWN_AT_ONCE) {
      List<String> some = names.subList(i, Math.min(i + SHOWN_AT_ONCE, names.size()));
      List<?> answer = (List<?>) commands.send(SHOW, much, some);
      now = TaskRecordCodec.ofMicros(Long.parseLong(text(answer.getFirst())));
      clock.set(Optional.of(new Reading(now, System.nanoTime())));
      answer.stream()
          .skip(1)
          .flatMap(shown -> StoredSchedule.read((List<?>) shown).stream())
          .forEach(stored -> all.put(stored.view().name(), stored));
    }
    return new Known(now, all);
  }

  @Override
  public Optional<ScheduleView> find(String name) {
    return look(List.of(name)).stored(name).map(StoredSchedule::view);
  }

  @Override
  public List<FireRecord> records(String name) {
    List<FireRecord> records = new ArrayList<>();
    for (Object line : (List<?>) commands.send(RECORDS, name, MOST_RECORDS)) {
      Matcher parts = RECORD.matcher(text(line));
      if (parts.matches()) {
        outcome(parts.group(3))
            .ifPresent(outcome ->
                records.add(
                    new FireRecord(
                        ofMillis(parts.group(1)),
                        ofMillis(parts.group(2)),
                        outcome,
                        Optional.of(parts.group(4)).filter(id -> !id.equals("-")),
                        Integer.parseInt(parts.group(5)))));
      }
    }
    return records;
  }

  private static Optional<FireOutcome> outcome(String word) {
    return Arrays.stream(FireOutcome.values())
        .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst();
  }

  @Override
  public SchedulePage list(String after, int limit) {
    List<?> answer = (List<?>) commands.send(NAMES, after, limit);
    List<String> names =
        answer.stream()
            .map(ScriptCalls::text)
            .filter(name -> QueueName.isName(name) && name.compareTo(after) > 0)
            .toList();
    Known known = look(names, "head"); // a page of tasks would be large
    List<ScheduleView> views =
        names.stream()
            .flatMap(name -> known.stored(name).stream())
            .map(StoredSchedule::view)
            .toList();
    return new SchedulePage(
        views, names.size() < limit ? Optional.empty() : Optional.of(names.getLast()));
  }

  @Override
  public Instant now() {
    return look(List.of()).now;
  }

  private static Instant ofMillis(String ms) {
    return Instant.ofEpochMilli(Long.parseLong(ms));
  }
}
