package dev.taskscheduler.node;

import static dev.taskscheduler.testing.Eventually.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.schedule.CatchUp;
import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.schedule.OverlapPolicy;
import dev.taskscheduler.schedule.ScheduleSettings;
import dev.taskscheduler.schedule.Timing;
import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Schedules on a node that leads: real time passes.
class SchedulesNodeIT extends NodeOnRedis {
  /// The planned instants by their tasks: one whose leader is lost may run twice.
  private final Map<String, Instant> runs = new ConcurrentHashMap<>();

  private void everySecond(OverlapPolicy overlap) {
    Timing timing = Timing.of(new Interval.Every(Duration.ofSeconds(1)), Instant.EPOCH);
    ScheduleSettings settings =
        new ScheduleSettings(
            timing, true, overlap, CatchUp.DEFAULT, Duration.ZERO, OptionalInt.empty());
    byte[] payload = "\"{{scheduledAt}}\"".getBytes(UTF_8);
    schedules.put(
        "s", new NewSchedule(settings, new NewTask(Priority.HIGH, "note", payload), payload));
  }

  private void noteEach() {
    runner(
        "note",
        task -> {
          String planned = new String(task.payload(), UTF_8).replace("\"", "");
          runs.put(task.id(), Instant.parse(planned));
          return TaskResult.NONE;
        });
  }

  private void expectEachSecondOnce() {
    List<Instant> sorted = runs.values().stream().sorted().toList();
    for (int i = 1; i < sorted.size(); i++) {
      assertEquals(sorted.get(i - 1).plusSeconds(1), sorted.get(i), sorted::toString);
    }
  }

  @Test
  void each_second_fires_once_and_on_time() {
    noteEach();
    node(4).begin(HeldLeadership.take(server));
    everySecond(OverlapPolicy.SKIP);
    await("three fires", () -> runs.size() >= 3);
    Duration late = Duration.between(Collections.max(runs.values()), Instant.now());
    assertTrue(late.toMillis() < 900, "the last was late by " + late);
    expectEachSecondOnce();
  }

  @Test
  void no_second_is_lost_or_doubled_when_leadership_moves() throws InterruptedException {
    noteEach();
    everySecond(OverlapPolicy.ALLOW);
    for (int i = 0; i < 3; i++) {
      HeldLeadership leadership = HeldLeadership.take(server);
      SchedulerNode node = node(4);
      node.begin(leadership);
      int before = runs.size();
      await("it fires", () -> runs.size() > before);
      leadership.lose();
      CountDownLatch ended = new CountDownLatch(1);
      node.end(false, Duration.ZERO, ended::countDown);
      assertTrue(ended.await(10, TimeUnit.SECONDS));
      Instant until = Instant.now().plusMillis(1500);
      await("nobody leads for a while", () -> Instant.now().isAfter(until));
    }
    node(4).begin(HeldLeadership.take(server));
    await("all that passed", () -> runs.size() >= 7);
    expectEachSecondOnce();
  }
}
