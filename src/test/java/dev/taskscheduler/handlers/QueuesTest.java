package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.queue.QueuePause;
import dev.taskscheduler.queue.QueueSettings;
import dev.taskscheduler.queue.QueueSource;
import dev.taskscheduler.queue.Queues;
import dev.taskscheduler.queue.Rate;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.QueueBlock;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webclient.api.ClientResponseTyped;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.testing.junit5.DirectClient;
import io.helidon.webserver.testing.junit5.RoutingTest;
import io.helidon.webserver.testing.junit5.SetUpRoute;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Settings, pauses, lists and deletions of queues, without a socket.
@RoutingTest
class QueuesTest {
  private static final MemoryStore STORE = new MemoryStore();
  private static final MemoryQueues QUEUES = STORE.queues;
  private static final Instant T2 = Instant.parse("2026-11-23T08:55:02Z");
  private static final String ALL =
      """
      {"concurrency": 5, "rate": "100/PT1M", "burst": 10.0, "weight": 3, "honourRetryAfter": true,
       "defaults": {"maxAttempts": 7, "backoff": {"base": "PT2S", "cap": 60, "factor": 1.5},
                    "timeout": 0.5, "retention": "P1D"}}
      """;

  private final DirectClient client;

  QueuesTest(DirectClient client) {
    this.client = client;
  }

  @SetUpRoute
  static void routing(HttpRouting.Builder routing) {
    GivenLeader.routes(routing, STORE, new GivenLeader(), Set.of("log"));
  }

  @BeforeEach
  void begin_with_an_empty_store() {
    STORE.mood = MemoryStore.Mood.WELL;
    STORE.tasks.clear();
    QUEUES.sources.clear();
    QUEUES.blocked.clear();
    QUEUES.change = Queues.Change.DONE;
  }

  private ClientResponseTyped<String> put(String name, String body) {
    return client
        .put("/queues/" + name)
        .header(HeaderValues.CONTENT_TYPE_JSON)
        .submit(body, String.class);
  }

  private ClientResponseTyped<String> pause(String name, String body) {
    return client
        .post("/queues/" + name + "/pause")
        .header(HeaderValues.CONTENT_TYPE_JSON)
        .submit(body, String.class);
  }

  private ClientResponseTyped<String> call(Method method, String path) {
    return client.method(method).path(path).request(String.class);
  }

  private String get(String path) {
    ClientResponseTyped<String> answer = call(Method.GET, path);
    assertEquals(200, answer.status().code(), path);
    return answer.entity();
  }

  private void task(String id, String queue, TaskState state) {
    TaskOptions options = TaskOptions.NONE.with(TaskOption.QUEUE, queue);
    STORE.put(
        id, new NewTask(Priority.HIGH, "log", new byte[0], options, SubmitOptions.NONE), 0, state);
  }

  @Test
  void all_settings_are_read_and_shown_as_they_are_set() {
    ClientResponseTyped<String> answer = put("tenant-7", ALL);
    assertEquals(200, answer.status().code(), answer.entity());
    QueueSettings read = QUEUES.sources.get("tenant-7").settings();
    assertEquals(Optional.of(5), read.concurrency());
    assertEquals(Optional.of(new Rate(100, Duration.ofMinutes(1))), read.rate());
    assertEquals(Optional.of(10), read.burst());
    assertEquals(Optional.of(3), read.weight());
    assertEquals(Optional.of(true), read.honourRetryAfter());
    assertEquals(Optional.of(7), read.defaults().get(TaskOption.MAX_ATTEMPTS));
    assertEquals(Optional.of(1.5), read.defaults().get(TaskOption.BACKOFF_FACTOR));
    assertEquals(Optional.of(Duration.ofMillis(500)), read.defaults().get(TaskOption.TIMEOUT));
    assertTrue(
        answer
            .entity()
            .contains(
                "\"settings\":{\"concurrency\":5,\"rate\":\"100/PT1M\",\"burst\":10,\"weight\":3,"
                    + "\"honourRetryAfter\":true,\"defaults\":{\"maxAttempts\":7,\"backoff\":{"
                    + "\"base\":\"PT2S\",\"cap\":\"PT1M\",\"factor\":1.5},\"timeout\":\"PT0.5S\","
                    + "\"retention\":\"PT24H\"}}"),
        answer.entity());
    assertEquals(answer.entity(), get("/queues/tenant-7"));
    assertEquals(200, put("tenant-7", "{}").status().code());
    assertEquals(QueueSettings.NONE, QUEUES.sources.get("tenant-7").settings());
  }

  @Test
  void all_faults_of_settings_are_named_at_once_each_with_its_pointer() {
    ClientResponseTyped<String> answer =
        put(
            "q",
            """
            {"concurrency": 0, "rate": "100/P2D", "burst": 1.5, "weight": null,
             "honourRetryAfter": "yes", "color": {"a": [1]},
             "defaults": {"maxAttempts": 1001, "delay": 5, "backoff": {"base": 5, "cap": 1, "x": 1},
                          "timeout": "soon", "retention": []}}
            """);
    assertEquals(400, answer.status().code());
    for (String pointer :
        List.of(
            "/concurrency",
            "/rate",
            "/burst",
            "/weight",
            "/honourRetryAfter",
            "/color",
            "/defaults/maxAttempts",
            "/defaults/delay",
            "/defaults/backoff/cap",
            "/defaults/backoff/x",
            "/defaults/timeout",
            "/defaults/retention")) {
      assertTrue(
          answer.entity().contains("{\"pointer\":\"" + pointer + "\","),
          pointer + " in " + answer.entity());
    }
    assertTrue(answer.entity().contains("must not be null"), answer.entity());
    assertTrue(
        answer
            .entity()
            .contains("is unknown; the fields are maxAttempts, backoff, timeout, retention"),
        answer.entity());
    assertTrue(QUEUES.sources.isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"burst\":5}",
        "[]",
        "7",
        "{\"rate\":100}",
        "{\"rate\":\"1/PT0S\"}",
        "{\"rate\":\"0/PT1S\"}",
        "{\"rate\":\"1/PT999999999999999999S\"}",
        "{\"concurrency\":100001}",
        "{\"concurrency\":1e99}",
        "{\"defaults\":[]}",
        "{\"defaults\":{\"backoff\":1}}",
        "{\"weight\":1,\"weight\":2}",
        "{\"weight\":1} {}",
        "{\"weight\":",
        ""
      })
  void what_is_no_settings_sets_nothing(String body) {
    ClientResponseTyped<String> answer = put("q", body);
    assertEquals(400, answer.status().code(), answer.entity());
    assertTrue(QUEUES.sources.isEmpty());
  }

  @Test
  void a_body_that_is_not_declared_as_json_or_too_large_is_refused() {
    assertEquals(
        415,
        client
            .put("/queues/q")
            .header(HeaderValues.CONTENT_TYPE_TEXT_PLAIN)
            .submit("{}", String.class)
            .status()
            .code());
    String large = "{\"rate\":\"" + "x".repeat(1 << 20) + "\"}";
    assertEquals(413, put("q", large).status().code());
  }

  @Test
  void the_most_specific_setting_wins_and_its_source_is_named() {
    put("tenant-*", "{\"concurrency\":5,\"weight\":2,\"defaults\":{\"maxAttempts\":3}}");
    put("*", "{\"concurrency\":50,\"rate\":\"9/PT1S\"}");
    put("tenant-7", "{\"weight\":4}");
    String shown = get("/queues/tenant-7");
    assertTrue(
        shown.endsWith(
            "\"settings\":{\"weight\":4},\"effective\":{\"weight\":{\"value\":4,\"from\":\"tenant-7\"},"
                + "\"concurrency\":{\"value\":5,\"from\":\"tenant-*\"},"
                + "\"defaults\":{\"maxAttempts\":{\"value\":3,\"from\":\"tenant-*\"}},"
                + "\"rate\":{\"value\":\"9/PT1S\",\"from\":\"*\"}}}"),
        shown);
    assertEquals(
        "{\"name\":\"*\",\"settings\":{\"concurrency\":50,\"rate\":\"9/PT1S\"}}", get("/queues/*"));
  }

  @Test
  void a_queue_shows_what_stands_in_it_and_why_none_of_it_may_start() {
    assertEquals(
        "{\"name\":\"new\",\"ready\":{\"high\":0,\"medium\":0,\"low\":0},\"running\":0,"
            + "\"settings\":{},\"effective\":{}}",
        get("/queues/new"));
    task("a", "mails", new TaskState.Ready());
    task("b", "mails", new TaskState.Running(7, T2));
    QUEUES.blocked.put("mails", new QueueBlock.Closed(Optional.of(T2), "b", "it answered 429"));
    assertEquals(
        "{\"name\":\"mails\",\"ready\":{\"high\":1,\"medium\":0,\"low\":0},\"running\":1,"
            + "\"oldestSubmittedAt\":\"2026-11-23T08:55:00.717000Z\",\"blocked\":{"
            + "\"reason\":\"queue-closed\",\"why\":\"The queue is closed until"
            + " 2026-11-23T08:55:02.000000Z, asked for by the answer to task b: it answered 429.\","
            + "\"until\":\"2026-11-23T08:55:02.000000Z\",\"task\":\"b\",\"error\":\"it answered 429\"},"
            + "\"settings\":{},\"effective\":{}}",
        get("/queues/mails"));
  }

  @Test
  void queues_are_paused_with_a_note_and_resumed() {
    assertTrue(
        pause("mails", "{\"note\":\"they move\"}")
            .entity()
            .contains(
                "\"paused\":{\"from\":\"mails\",\"since\":\"2026-11-23T08:55:02.000000Z\","
                    + "\"note\":\"they move\"}"));
    assertEquals(200, call(Method.POST, "/queues/m*/pause").status().code());
    assertEquals(
        "{\"name\":\"m*\",\"paused\":{\"since\":\"2026-11-23T08:55:02.000000Z\"},\"settings\":{}}",
        get("/queues/m*"));
    String resumed = call(Method.POST, "/queues/mails/resume").entity();
    assertTrue(resumed.contains("\"resumed\":true"), resumed);
    assertTrue(get("/queues/mail").contains("\"paused\":{\"from\":\"m*\""));
    assertEquals(
        "{\"name\":\"m*\",\"settings\":{}}", call(Method.POST, "/queues/m*/resume").entity());
    assertEquals(200, call(Method.POST, "/queues/m*/resume").status().code(), "again");
  }

  @Test
  void a_note_is_a_text_of_200_characters_and_nothing_else() {
    assertEquals(200, pause("q", "{\"note\":\"" + "x".repeat(200) + "\"}").status().code());
    assertEquals(200, pause("q", "{}").status().code());
    assertEquals(
        Optional.of(new QueuePause.Paused(MemoryQueues.PAUSED_AT, "")),
        QUEUES.sources.get("q").pause());
    for (String body :
        List.of(
            "{\"note\":\"" + "x".repeat(201) + "\"}",
            "{\"note\":7}",
            "{\"note\":\"\\ud800\"}",
            "{\"why\":\"x\"}")) {
      assertEquals(400, pause("p", body).status().code(), body);
    }
    assertFalse(QUEUES.sources.containsKey("p"));
    assertEquals(
        400,
        client
            .post("/queues/q/resume")
            .header(HeaderValues.CONTENT_TYPE_JSON)
            .submit("{}", String.class)
            .status()
            .code());
  }

  @Test
  void too_many_settings_or_pauses_are_refused() {
    QUEUES.change = Queues.Change.TOO_MANY_SETTINGS;
    ClientResponseTyped<String> settings = put("q", "{}");
    assertEquals(422, settings.status().code());
    assertTrue(settings.entity().contains("too-many-settings"), settings.entity());
    QUEUES.change = Queues.Change.TOO_MANY_PAUSES;
    ClientResponseTyped<String> pause = pause("q", "{}");
    assertEquals(422, pause.status().code());
    assertTrue(pause.entity().contains("too-many-pauses"), pause.entity());
  }

  @Test
  void a_path_that_names_no_queue_is_told_the_rule() {
    for (String name : List.of("a*b", "a+b", "x".repeat(129), "**")) {
      for (Method method : List.of(Method.GET, Method.DELETE)) {
        ClientResponseTyped<String> answer = call(method, "/queues/" + name);
        assertEquals(400, answer.status().code(), name);
        assertTrue(answer.entity().contains("1 to 128 of letters"), answer.entity());
      }
      assertEquals(400, put(name, "{}").status().code(), name);
      assertEquals(400, call(Method.POST, "/queues/" + name + "/pause").status().code());
    }
    assertEquals(404, call(Method.GET, "/queues/none-*").status().code());
    assertEquals(405, call(Method.POST, "/queues/q").status().code());
  }

  @Test
  void queues_are_listed_with_the_patterns_on_the_first_page() {
    task("a", "b", new TaskState.Ready());
    put("a", "{\"weight\":2}");
    put("t-*", "{\"weight\":3}");
    String page = get("/queues");
    assertEquals("NAME 50 ", QUEUES.asked);
    assertTrue(page.startsWith("{\"queues\":[{\"name\":\"a\","), page);
    assertTrue(page.contains("},{\"name\":\"b\",\"ready\":{\"high\":1,"), page);
    assertTrue(
        page.endsWith("\"patterns\":[{\"name\":\"t-*\",\"settings\":{\"weight\":3}}]}"), page);
    String first =
        client
            .get("/queues")
            .queryParam("sort", "ready")
            .queryParam("limit", "1")
            .requestEntity(String.class);
    assertEquals("READY 1 ", QUEUES.asked);
    assertTrue(first.endsWith("\"next\":\"more\",\"cut\":true}"), first);
    String second =
        client
            .get("/queues")
            .queryParam("sort", "oldest")
            .queryParam("cursor", "more")
            .requestEntity(String.class);
    assertEquals("OLDEST 50 more", QUEUES.asked);
    assertFalse(second.contains("patterns"), second);
    for (String[] query :
        new String[][] {
          {"sort", "size"}, {"limit", "0"}, {"limit", "501"}, {"cursor", "x"}, {"name", "a"}
        }) {
      ClientResponseTyped<String> answer =
          client.get("/queues").queryParam(query[0], query[1]).request(String.class);
      assertEquals(400, answer.status().code(), query[0]);
      assertTrue(answer.entity().contains("\"?" + query[0] + "\""), answer.entity());
    }
  }

  @Test
  void a_store_that_does_not_answer_is_told_by_each_of_them() {
    STORE.mood = MemoryStore.Mood.UNAVAILABLE;
    for (String path : List.of("/queues", "/queues/q", "/queues/q-*")) {
      assertEquals(503, call(Method.GET, path).status().code(), path);
    }
    assertEquals(503, put("q", "{}").status().code());
    assertEquals(503, pause("q", "{}").status().code());
    assertEquals(503, call(Method.DELETE, "/queues/q").status().code());
  }

  @Test
  void a_source_of_nothing_is_not_effective() {
    QUEUES.sources.put("q", new QueueSource("q", QueueSettings.NONE, Optional.empty()));
    assertTrue(get("/queues/q").endsWith("\"settings\":{},\"effective\":{}}"));
  }
}
