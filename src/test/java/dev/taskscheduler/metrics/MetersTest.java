package dev.taskscheduler.metrics;

import static java.util.Optional.empty;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.queue.QueueLoad;
import dev.taskscheduler.runner.http.ResponseCategory;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.ActivityCounts;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RepairKind;
import dev.taskscheduler.task.StoreHealth;
import dev.taskscheduler.task.StoreServers;
import dev.taskscheduler.task.TaskCounts;
import io.helidon.webserver.WebServer;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MetersTest {
  private static volatile Optional<Leadership> leadership = Optional.empty();
  private static volatile Optional<TaskCounts> counts = Optional.empty();
  private static volatile Set<Pause> paused = Set.of();
  private static volatile StoreHealth store = said(false, Optional.empty());
  private static Meters meters;
  private static WebServer server;

  @BeforeAll
  static void serve() {
    meters = new Meters("node1");
    meters.gauges(
        new GaugeSources(
            () -> leadership,
            () -> leadership.isPresent() ? counts.map(TaskCounts::queued).orElse(0L) : 0,
            () -> counts,
            () -> paused,
            () -> store));
    server =
        WebServer.builder()
            .host("127.0.0.1")
            .port(0)
            .featuresDiscoverServices(false)
            .addFeature(meters.feature())
            .build()
            .start();
  }

  @AfterAll
  static void stop() {
    server.stop();
  }

  private static String scrape(String accept) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      var answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/metrics"))
                  .header("Accept", accept)
                  .build(),
              BodyHandlers.ofString());
      assertEquals(200, answer.statusCode());
      return answer.body();
    }
  }

  private static void lead() {
    leadership = Optional.of(new Leading(new FencingToken(42, "0123456789abcdef")));
    counts =
        Optional.of(
            new TaskCounts(
                Map.of(Priority.HIGH, 1L, Priority.MEDIUM, 2L, Priority.LOW, 3L),
                Map.of(Priority.LOW, Duration.ofMillis(90_500)),
                5,
                4,
                100,
                7,
                8,
                9));
  }

  private static void assertLines(String text, String... lines) {
    List<String> all = text.lines().toList();
    for (String line : lines) {
      assertTrue(all.contains(line), () -> line + "\nis not in\n" + text);
    }
  }

  @Test
  void requests_are_counted_once() throws Exception {
    scrape("text/plain");
    String text = scrape("text/plain");
    assertFalse(text.contains("requests_count"), text);
  }

  @Test
  void a_leader_shows_what_it_has_before_it() throws Exception {
    lead();
    assertLines(
        scrape("text/plain"),
        "# TYPE scheduler_tasks_total gauge",
        "scheduler_tasks_total 10.0",
        "# TYPE scheduler_is_leader gauge",
        "scheduler_is_leader{node=\"node1\"} 1.0",
        "scheduler_leader_epoch 42.0",
        "scheduler_leader_trust_seconds 1.25",
        "scheduler_tasks_ready{priority=\"high\"} 1.0",
        "scheduler_tasks_ready{priority=\"low\"} 3.0",
        "scheduler_tasks_oldest_seconds{priority=\"high\"} 0.0",
        "scheduler_tasks_oldest_seconds{priority=\"low\"} 90.5",
        "scheduler_tasks_running 4.0",
        "scheduler_tasks_scheduled 5.0",
        "scheduler_tasks_dead 7.0");
  }

  @Test
  void a_follower_has_nothing_before_it_and_does_not_guess_what_redis_holds() throws Exception {
    leadership = Optional.empty();
    counts = Optional.empty();
    assertLines(
        scrape("text/plain"),
        "scheduler_tasks_total 0.0",
        "scheduler_is_leader{node=\"node1\"} 0.0",
        "scheduler_leader_epoch 0.0",
        "scheduler_leader_trust_seconds 0.0",
        "scheduler_tasks_oldest_seconds{priority=\"low\"} NaN",
        "scheduler_tasks_running NaN");
  }

  @Test
  void what_is_paused_is_told_by_names_that_nobody_can_make_up() throws Exception {
    paused = Set.of();
    assertLines(
        scrape("text/plain"),
        "scheduler_paused 0.0",
        "scheduler_paused_priority{priority=\"low\"} 0.0",
        "scheduler_paused_queues 0.0");
    paused =
        Set.of(new Pause.OfPriority(Priority.LOW), new Pause.OfQueue("a"), new Pause.OfQueue("b"));
    assertLines(
        scrape("text/plain"),
        "scheduler_paused 0.0",
        "scheduler_paused_priority{priority=\"high\"} 0.0",
        "scheduler_paused_priority{priority=\"low\"} 1.0",
        "scheduler_paused_queues 2.0");
    paused = Set.of(new Pause.All());
    assertLines(
        scrape("text/plain"),
        "scheduler_paused 1.0",
        "scheduler_paused_priority{priority=\"low\"} 0.0",
        "scheduler_paused_queues 0.0");
  }

  @Test
  void the_busiest_queues_are_shown_while_they_are_and_others_are_not() throws Exception {
    meters.busiest(List.of(new QueueLoad("a", 7, 2), new QueueLoad("other", 1, 0)));
    assertLines(
        scrape("text/plain"),
        "scheduler_queue_ready{queue=\"a\"} 7.0",
        "scheduler_queue_running{queue=\"a\"} 2.0",
        "scheduler_queue_ready{queue=\"other\"} 1.0");
    meters.busiest(List.of(new QueueLoad("b", 9, 1), new QueueLoad("other", 3, 0)));
    String now = scrape("text/plain");
    assertLines(now, "scheduler_queue_ready{queue=\"b\"} 9.0");
    assertFalse(now.contains("{queue=\"a\"}"), now);
    meters.busiest(List.of());
    assertFalse(scrape("text/plain").contains("scheduler_queue_"));
  }

  @Test
  void what_the_rooms_tell_is_counted() throws Exception {
    meters.activity().take();
    meters.submitted(Priority.HIGH);
    meters.submitted(Priority.HIGH);
    meters.began();
    meters.replayed();
    meters.duplicate();
    meters.duplicate();
    meters.requestEnded("http", ResponseCategory.SUCCESS);
    meters.requestEnded("callback", ResponseCategory.NONE);
    meters.started(Duration.ofMillis(20));
    meters.finished("completed", Duration.ofMillis(300));
    meters.cancelled();
    meters.retried();
    meters.callbackMade();
    meters.stuck();
    meters.repaired(RepairKind.LOST, 3);
    meters.lookedThrough(Duration.ofMillis(1500));
    meters.transition(true);
    meters.fencedWrite();
    meters.roundTrip("submit", 700_000, false);
    meters.roundTrip("claim", 700_000, true);
    meters.answered("/status", 200, 3_000_000);
    ActivityCounts done = meters.activity().take();
    assertEquals(new ActivityCounts(2, 1, 1, 0), done);
    meters.activity().putBack(done);
    assertEquals(done, meters.activity().take());
    String text = scrape("text/plain");
    assertLines(
        text,
        "# TYPE scheduler_tasks_submitted_total counter",
        "scheduler_tasks_submitted_total{priority=\"high\"} 2.0",
        "scheduler_tasks_submitted_total{priority=\"low\"} 0.0",
        "scheduler_submissions_repeated_total{how=\"replayed\"} 1.0",
        "scheduler_tasks_finished_total{outcome=\"cancelled\"} 1.0",
        "scheduler_tasks_brought_back_total 1.0",
        "scheduler_callbacks_total 1.0",
        "scheduler_submissions_repeated_total{how=\"duplicate\"} 2.0",
        "scheduler_target_answers_total{answer=\"2xx\",type=\"http\"} 1.0",
        "scheduler_target_answers_total{answer=\"none\",type=\"http\"} 0.0",
        "scheduler_target_answers_total{answer=\"none\",type=\"callback\"} 1.0",
        "scheduler_tasks_finished_total{outcome=\"completed\"} 1.0",
        "scheduler_tasks_finished_total{outcome=\"dead\"} 0.0",
        "# TYPE scheduler_task_wait_seconds histogram",
        "scheduler_task_wait_seconds_bucket{le=\"0.01\"} 0.0",
        "scheduler_task_wait_seconds_bucket{le=\"0.025\"} 1.0",
        "scheduler_task_wait_seconds_bucket{le=\"+Inf\"} 1.0",
        "scheduler_task_run_seconds_count 1.0",
        "scheduler_task_run_seconds_sum 0.3",
        "scheduler_tasks_stuck_total 1.0",
        "scheduler_repairs_total{kind=\"lost\"} 3.0",
        "scheduler_repairs_total{kind=\"double\"} 0.0",
        "scheduler_repair_pass_seconds 1.5",
        "scheduler_leader_transitions_total 1.0",
        "scheduler_fenced_writes_total 1.0",
        "scheduler_redis_errors_total 1.0",
        "scheduler_redis_round_trip_seconds_bucket{script=\"submit\",le=\"0.001\"} 1.0",
        "scheduler_http_requests_seconds_bucket{route=\"/status\",status=\"200\",le=\"0.0025\"} 0.0",
        "scheduler_http_requests_seconds_count{route=\"/status\",status=\"200\"} 1.0");
    assertFalse(text.contains("quantile="), text);
    assertFalse(text.contains("scope="), text);
    assertFalse(text.contains(",}"), text);
  }

  @Test
  void the_jvm_is_measured_under_names_in_snake_case() throws Exception {
    String text = scrape("*/*");
    assertTrue(text.contains("\nmemory_used_heap_bytes "), text);
    assertTrue(text.contains("\nthread_count "), text);
    assertTrue(text.contains("\nclassloader_loaded_classes_count "), text);
  }

  @Test
  void the_form_that_prometheus_asks_for_ends_as_it_should() throws Exception {
    assertTrue(scrape("application/openmetrics-text").endsWith("# EOF\n"));
  }

  @Test
  void redis_is_up_and_safe_or_not() throws Exception {
    assertLines(scrape("text/plain"), "scheduler_redis_up 0.0", "scheduler_redis_unsafe 0.0");
    store = said(true, Optional.empty());
    assertLines(scrape("text/plain"), "scheduler_redis_up 1.0", "scheduler_redis_unsafe 0.0");
    store = said(true, Optional.of("it evicts"));
    assertLines(scrape("text/plain"), "scheduler_redis_up 1.0", "scheduler_redis_unsafe 1.0");
    store = said(false, Optional.of("it is away"));
    assertLines(scrape("text/plain"), "scheduler_redis_up 0.0", "scheduler_redis_unsafe 0.0");
    store = said(false, Optional.empty());
  }

  private static StoreHealth said(boolean answers, Optional<String> problem) {
    return new StoreHealth(answers, problem, empty(), empty(), empty(), 0, StoreServers.UNKNOWN, 0);
  }

  @Test
  void the_board_and_the_alerts_ask_for_what_there_is() throws Exception {
    meters.raft(Optional::empty);
    meters.answered("/submit", 202, 1);
    meters.roundTrip("renew", 1, false);
    meters.busiest(List.of(new QueueLoad("a", 1, 1)));
    String text = scrape("text/plain");
    for (String file : List.of("alerts.yml", "grafana/task-scheduler.json")) {
      List<String> asked =
          Pattern.compile("\\b(scheduler|thread|memory|gc)_[a-z_]+")
              .matcher(Files.readString(Path.of("docs/monitoring", file)))
              .results()
              .map(MatchResult::group)
              .distinct()
              .toList();
      assertTrue(asked.size() > 8, () -> file + " asks only for " + asked);
      for (String name : asked) {
        assertTrue(
            text.lines().anyMatch(line -> line.matches(name + "[{ ].*")),
            () -> file + " asks for " + name + ", which is not in\n" + text);
      }
    }
  }

  @Test
  void a_comma_inside_a_label_stays() {
    assertEquals(
        "# HELP a b,} c\na{b=\"x,} y\"} 1.0\nc 2.0\n",
        MetricsFeature.withoutLastCommas("# HELP a b,} c\na{b=\"x,} y\",} 1.0\nc 2.0\n"));
  }

  /// One name was given and ends as a counter's should; four are Helidon's own.
  @Test
  void promtool_finds_nothing_but_the_given_name_and_those_of_helidon() throws Exception {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
        "promtool is not on PATH (Debian package prometheus): the text is not checked by it");
    lead();
    meters.answered("/submit", 202, 1);
    meters.roundTrip("renew", 1, false);
    var promtool = new ProcessBuilder("promtool", "check", "metrics").start();
    try (var in = promtool.getOutputStream()) {
      in.write(scrape("text/plain").getBytes(StandardCharsets.UTF_8));
    }
    List<String> found =
        new String(promtool.getErrorStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .sorted()
            .toList();
    assertTrue(promtool.waitFor(10, TimeUnit.SECONDS));
    assertEquals(
        """
        classloader_loaded_classes_count non-histogram and non-summary metrics should not have "_count" suffix
        scheduler_tasks_total non-counter metrics should not have "_total" suffix
        thread_count non-histogram and non-summary metrics should not have "_count" suffix
        thread_daemon_count non-histogram and non-summary metrics should not have "_count" suffix
        thread_max_count non-histogram and non-summary metrics should not have "_count" suffix\
        """
            .lines()
            .toList(),
        found);
  }

  @Test
  void attempts_are_counted_by_type_and_queue_and_those_past_the_limit_together()
      throws IOException, InterruptedException {
    meters.ended("mail", "tenant", "completed", Duration.ofMillis(30));
    meters.ended("mail", "tenant", "completed", Duration.ofMillis(12));
    for (int i = 0; i < 1_000; i++) {
      meters.ended("mail", "q" + i, "dead", Duration.ofMillis(1));
    }
    meters.ended("mail", "tenant", "retried", Duration.ZERO);
    String text = scrape("text/plain");
    String tenant = "{outcome=\"completed\",queue=\"tenant\",type=\"mail\"} ";
    assertLines(
        text,
        "scheduler_attempts_total" + tenant + "2.0",
        "scheduler_attempts_run_milliseconds_total" + tenant + "42.0",
        "scheduler_attempts_total{outcome=\"retried\",queue=\"tenant\",type=\"mail\"} 1.0");
    List<String> dead =
        text.lines()
            .filter(line -> line.startsWith("scheduler_attempts_total{outcome=\"dead\","))
            .toList();
    assertTrue(dead.size() <= TypeMeters.MOST_PAIRS + 1, dead.size() + " series");
    assertTrue(
        dead.stream().anyMatch(line -> line.contains("queue=\"other\",type=\"other\"} 9")),
        dead.toString());
  }

  @Test
  void a_gauge_says_which_build_runs() throws IOException, InterruptedException {
    assertTrue(scrape("text/plain").contains("scheduler_build_info{java=\"25"), "no build_info");
  }
}
