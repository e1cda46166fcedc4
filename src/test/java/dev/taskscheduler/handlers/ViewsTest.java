package dev.taskscheduler.handlers;

import static dev.taskscheduler.handlers.GivenTask.FAILED;
import static dev.taskscheduler.handlers.GivenTask.ID;
import static dev.taskscheduler.handlers.GivenTask.T0;
import static dev.taskscheduler.handlers.GivenTask.T1;
import static dev.taskscheduler.handlers.GivenTask.T2;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.task.AttemptRecord;
import dev.taskscheduler.task.AttemptRecord.How;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskDetails;
import dev.taskscheduler.task.TaskFilter;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import io.helidon.webclient.api.ClientResponseTyped;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.testing.junit5.DirectClient;
import io.helidon.webserver.testing.junit5.RoutingTest;
import io.helidon.webserver.testing.junit5.SetUpRoute;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the pages, one task and the statistics say, without a socket.
@RoutingTest
class ViewsTest {
  private static final MemoryStore STORE = new MemoryStore();
  private static final GivenLeader LEADER = new GivenLeader();

  private final DirectClient client;

  ViewsTest(DirectClient client) {
    this.client = client;
  }

  @SetUpRoute
  static void routing(HttpRouting.Builder routing) {
    GivenLeader.routes(routing, STORE, LEADER, Set.of("log"));
  }

  @BeforeEach
  void begin_with_an_empty_store_and_a_leader() {
    STORE.mood = MemoryStore.Mood.WELL;
    STORE.tasks.clear();
    STORE.details.clear();
    STORE.paused.clear();
    STORE.asked = Optional.empty();
    LEADER.ledBy("node2", false);
  }

  private ClientResponseTyped<String> get(String path) {
    return client.get(path).request(String.class);
  }

  private ClientResponseTyped<String> list(String... parameters) {
    var request = client.get("/tasks");
    for (int i = 0; i < parameters.length; i += 2) {
      request.queryParam(parameters[i], parameters[i + 1]);
    }
    return request.request(String.class);
  }

  private static Task task(int attempts, TaskState state) {
    return new Task(ID, Priority.HIGH, "log", "mails", T0, attempts, state);
  }

  @Test
  void a_query_without_parameters_asks_for_fifty_of_all() {
    assertEquals("{\"tasks\":[]}", list().entity());
    assertEquals(
        Optional.of(
            new TaskFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                50)),
        STORE.asked);
  }

  @Test
  void a_query_may_name_each_parameter_and_a_page_says_how_to_go_on() {
    STORE.put(ID, new NewTask(Priority.LOW, "log", new byte[0]), 0, new TaskState.Ready());
    String page =
        list(
                "state", "ready",
                "priority", "low",
                "type", "log",
                "queue", "default",
                "submittedSince", "2026-11-23T08:55:00Z",
                "submittedBefore", "2026-11-23T09:55:02+01:00",
                "limit", "1")
            .entity();
    assertEquals(
        Optional.of(
            new TaskFilter(
                Optional.of(StateName.READY),
                Optional.of(Priority.LOW),
                Optional.of("log"),
                Optional.of("default"),
                Optional.of(T0),
                Optional.of(T2),
                1)),
        STORE.asked);
    assertEquals(
        "{\"tasks\":[{\"id\":\""
            + ID
            + "\",\"status\":\"pending\",\"state\":\"ready\",\"priority\":\"low\",\"type\":\"log\","
            + "\"queue\":\"default\",\"attempt\":0,\"submittedAt\":\"2026-11-23T08:55:00.717000Z\"}],\"next\":\"more\"}",
        page);
    assertEquals(200, list("cursor", "more").status().code());
  }

  @Test
  void all_faults_of_a_query_are_told_at_once_each_with_its_parameter() {
    ClientResponseTyped<String> answer =
        list(
            "state", "waiting",
            "priority", "urgent",
            "type", "a b",
            "queue", "a b",
            "submittedSince", "yesterday",
            "submittedBefore", "1",
            "limit", "501",
            "cursor", "",
            "Status", "dead");
    assertEquals(400, answer.status().code());
    for (String name :
        List.of(
            "state",
            "priority",
            "type",
            "queue",
            "submittedSince",
            "submittedBefore",
            "limit",
            "cursor",
            "Status")) {
      assertTrue(answer.entity().contains("{\"pointer\":\"?" + name + "\","), answer.entity());
    }
    assertTrue(answer.entity().contains("invalid-query"), answer.entity());
    assertEquals(Optional.empty(), STORE.asked);
    for (String limit : List.of("0", "-1", "1.0", "9999999999", "x", "")) {
      assertEquals(400, list("limit", limit).status().code(), limit);
    }
    assertEquals(
        400,
        client
            .get("/tasks")
            .queryParam("state", "dead", "dead")
            .request(String.class)
            .status()
            .code());
    ClientResponseTyped<String> cursor = list("cursor", "nonsense");
    assertEquals(400, cursor.status().code());
    assertTrue(cursor.entity().contains("?cursor"), cursor.entity());
  }

  @Test
  void a_store_that_does_not_answer_is_told_by_each_of_them() {
    STORE.mood = MemoryStore.Mood.UNAVAILABLE;
    for (String path : List.of("/tasks", "/tasks/" + ID, "/tasks/" + ID + "/explain", "/stats")) {
      assertEquals(503, get(path).status().code(), path);
    }
  }

  @Test
  void what_looks_like_no_id_or_is_unknown_is_not_found() {
    for (String id : List.of("x", ID, ID + "0")) {
      assertEquals(404, get("/tasks/" + id).status().code(), id);
      assertEquals(404, get("/tasks/" + id + "/explain").status().code(), id);
    }
  }

  @Test
  void a_path_is_named_by_its_template() {
    assertEquals("/tasks/{id}", Paths.name("/tasks/" + ID));
    assertEquals("/tasks/{id}/explain", Paths.name("/tasks/x/explain"));
    assertEquals("/tasks", Paths.name("/tasks"));
    assertEquals(Paths.OTHER, Paths.name("/tasks/x/y/explain"));
    assertEquals(Paths.OTHER, Paths.name("/tasks/x/explain/y"));
  }

  @Test
  void one_task_is_shown_with_its_attempts_payload_and_result_as_they_are() {
    AttemptRecord last =
        new AttemptRecord(2, 9, Optional.empty(), T1, Optional.of(T2), How.COMPLETED, "");
    TaskOptions options =
        TaskOptions.NONE
            .with(TaskOption.MAX_ATTEMPTS, 3)
            .with(TaskOption.TIMEOUT, Duration.ofSeconds(90))
            .with(TaskOption.EXPIRES_AT, T2)
            .with(TaskOption.RETENTION, Duration.ofDays(7))
            .with(TaskOption.CALLBACK_URL, "https://example.com/")
            .with(TaskOption.CALLBACK_ON, Callback.When.FAILURE);
    STORE.details.put(
        ID,
        new TaskDetails(
            task(2, new TaskState.Completed(T1, T2)),
            options,
            1,
            List.of(FAILED, last),
            "{ \"a\" : 1.0e0,\n \"ü\":\"\\u00fc\" }".getBytes(UTF_8),
            "[ 1 ]".getBytes(UTF_8),
            false,
            Optional.empty()));
    String body = get("/tasks/" + ID).entity();
    assertEquals(
        "\"maxAttempts\":3,\"timeout\":\"PT1M30S\",\"expiresAt\":\"2026-11-23T08:55:02.000000Z\","
            + "\"retention\":\"PT168H\",\"callback\":{\"url\":\"https://example.com/\","
            + "\"on\":\"failure\"},\"attempts\":[{\"number\":1,\"epoch\":7,\"node\":\"node1\","
            + "\"startedAt\":\"2026-11-23T08:55:01.000001Z\","
            + "\"endedAt\":\"2026-11-23T08:55:02.000000Z\",\"how\":\"failed\","
            + "\"error\":\"it answered 500.\"},{\"number\":2,\"epoch\":9,"
            + "\"startedAt\":\"2026-11-23T08:55:01.000001Z\","
            + "\"endedAt\":\"2026-11-23T08:55:02.000000Z\",\"how\":\"completed\"}],"
            + "\"payload\":{ \"a\" : 1.0e0,\n \"ü\":\"\\u00fc\" },\"result\":[ 1 ]}",
        body.substring(body.indexOf("\"maxAttempts\"")));
  }

  @Test
  void a_cut_history_and_a_cancellation_under_way_are_told() {
    STORE.details.put(
        ID,
        new TaskDetails(
            task(30, new TaskState.Running(7, T1)),
            TaskOptions.NONE,
            0,
            List.of(),
            new byte[0],
            new byte[0],
            true,
            Optional.empty()));
    String body = get("/tasks/" + ID).entity();
    assertTrue(
        body.endsWith("\"cancelling\":true,\"attempts\":[],\"historyCut\":true,\"payload\":null}"),
        body);
  }

  @Test
  void the_statistics_tell_counts_fronts_and_pauses() {
    STORE.paused.put(new Pause.OfQueue("mail"), T2);
    assertEquals(
        "{\"leader\":\"node2\",\"tasks\":{\"scheduled\":1,\"ready\":3,\"running\":2,\"completed\":4,"
            + "\"dead\":5,\"expired\":6,\"cancelled\":7},\"ready\":{\"high\":{\"tasks\":3,"
            + "\"oldestSubmittedAt\":\"2026-11-23T08:55:00.717000Z\"},\"medium\":{\"tasks\":0},"
            + "\"low\":{\"tasks\":0}},\"nextDueAt\":\"2026-11-23T08:56:00.000000Z\","
            + "\"paused\":[{\"queue\":\"mail\",\"since\":\"2026-11-23T08:55:02.000000Z\"}]}",
        get("/stats").entity());
    LEADER.leader = Optional.empty();
    assertFalse(get("/stats").entity().contains("node2"));
  }
}
