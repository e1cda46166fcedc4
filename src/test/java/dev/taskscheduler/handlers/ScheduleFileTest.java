package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.files.SmallFile;
import dev.taskscheduler.handlers.schedules.ScheduleFile;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.task.TaskService;
import dev.taskscheduler.testing.TaskTypes;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScheduleFileTest {
  private static final Path PATH = Path.of("schedules.yaml");
  private static final String TASK = "    task: {type: log, payload: {at: '{{scheduledAt}}'}}\n";

  private final ScheduleFile file =
      new ScheduleFile(
          PATH, new TaskService(new MemoryStore().ports(), TaskTypes.of("log"), _ -> {}), 1 << 20);

  private List<String> read(String text) {
    return file.changed(new SmallFile.Content(PATH, text));
  }

  private Set<String> names() {
    return file.schedules().map(Map::keySet).orElse(Set.of());
  }

  @Test
  void nothing_stands_there_before_it_is_read() {
    assertTrue(file.schedules().isEmpty());
    assertFalse(file.changed(file.unread()).isEmpty());
    assertTrue(file.schedules().isEmpty());
  }

  @Test
  void reads_schedules_as_a_put_takes_them() {
    List<String> faults =
        read(
            """
            schedules:
              report:
                cron: ["0 9 * * MON-FRI", "0 12 * * SAT"]
                timeZone: Europe/Berlin
                startAt: 2026-11-23T08:55:00Z
                task: {type: log, priority: high, payload: {at: '{{scheduledAt}}'}}
              sweep:
                every: PT15M
                task: {payload: 1}
            """);
    assertEquals(List.of(), faults);
    Map<String, NewSchedule> all = file.schedules().orElseThrow();
    assertEquals(Set.of("report", "sweep"), all.keySet());
    NewSchedule report = all.get("report");
    assertEquals(2, report.settings().timing().crons().size());
    assertEquals(Instant.parse("2026-11-23T08:55:00Z"), report.settings().timing().startAt());
    assertEquals("high", report.task().priority().wire());
  }

  @Test
  void a_file_without_schedules_has_none_of_them() {
    assertEquals(List.of(), read("schedules: {}"));
    assertEquals(Map.of(), file.schedules().orElseThrow());
  }

  @Test
  void all_faults_are_named_and_what_stood_there_before_counts() {
    read("schedules:\n  good:\n    every: PT1M\n" + TASK);
    List<String> faults =
        read(
            """
            schedules:
              a:
                cron: "61 * * * *"
                task: {type: nope, payload: 1}
              b:
                every: PT1M
            """);
    assertEquals(3, faults.size(), faults::toString);
    assertTrue(
        faults.getFirst().startsWith(PATH + ": /schedules/a/cron is wrong at position 0"),
        faults::toString);
    assertTrue(faults.get(2).contains("/schedules/b/task is missing"), faults::toString);
    assertEquals(Set.of("good"), names());

    assertTrue(read("schedules: [").getFirst().contains("not YAML at line"));
    assertTrue(read("other: 1").getFirst().contains("/other"));
    assertTrue(
        file.changed(new SmallFile.Unreadable(PATH, "there is none at this path"))
            .getFirst()
            .contains("there is none"));
    assertEquals(Set.of("good"), names());
  }

  @Test
  void few_faults_are_listed() {
    StringBuilder text = new StringBuilder("schedules:\n");
    for (int i = 0; i < 100; i++) {
      text.append("  s%d: {every: PT1M}\n".formatted(i));
    }
    List<String> faults = read(text.toString());
    assertEquals(20, faults.size());
  }
}
