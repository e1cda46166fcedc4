package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.cluster.ClusterNode;
import dev.taskscheduler.leader.ElectionStatus;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.TaskState;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webclient.api.ClientResponseTyped;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.testing.junit5.DirectClient;
import io.helidon.webserver.testing.junit5.RoutingTest;
import io.helidon.webserver.testing.junit5.SetUpRoute;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What each handler says, without a socket.
@RoutingTest
class RoutesTest {
  private static final String ID = "019aa0e6-5b3c-7000-8000-000000000000";
  private static final NewTask TASK = new NewTask(Priority.HIGH, "log", new byte[] {'1'});
  private static final Instant T1 = Instant.parse("2026-11-23T08:55:01.000001Z");
  private static final Instant T2 = Instant.parse("2026-11-23T08:55:02Z");
  private static final MemoryStore STORE = new MemoryStore();
  private static final GivenLeader LEADER = new GivenLeader();

  private final DirectClient client;

  RoutesTest(DirectClient client) {
    this.client = client;
  }

  @SetUpRoute
  static void routing(HttpRouting.Builder routing) {
    GivenLeader.routes(routing, STORE, LEADER, Set.of("log", "mail"));
  }

  @BeforeEach
  void begin_with_a_store_that_is_well_and_no_leader() {
    STORE.mood = MemoryStore.Mood.WELL;
    STORE.tasks.clear();
    STORE.submitted.clear();
    LEADER.leader = Optional.empty();
    LEADER.problem = Optional.empty();
    LEADER.election = Optional.empty();
    LEADER.leads = false;
  }

  private ClientResponseTyped<String> get(String path) {
    return client.get(path).request(String.class);
  }

  private ClientResponseTyped<String> submit(String body) {
    return client.post("/submit").header(HeaderValues.CONTENT_TYPE_JSON).submit(body, String.class);
  }

  private String status(int attempts, TaskState state) {
    STORE.put(ID, TASK, attempts, state);
    String body = client.get("/status").queryParam("id", ID).requestEntity(String.class);
    assertTrue(body.startsWith("{\"id\":\"" + ID + "\",\"status\":\""), body);
    return body.substring(body.indexOf("\"status\""));
  }

  @Test
  void a_submission_is_answered_with_its_id_and_where_to_ask() {
    ClientResponseTyped<String> answer = submit("{\"priority\":\"low\",\"payload\":{\"a\":1}}");
    assertEquals(Status.ACCEPTED_202, answer.status());
    String id = STORE.submitted.keySet().iterator().next();
    assertEquals("{\"id\":\"" + id + "\"}", answer.entity());
    assertEquals("/status?id=" + id, answer.headers().get(HeaderNames.LOCATION).get());
    assertEquals(Priority.LOW, STORE.submitted.get(id).priority());
  }

  @Test
  void the_leaders_answer_names_what_is_known_of_each_member() {
    LEADER.ledBy("node1", true);
    LEADER.election =
        Optional.of(
            new ElectionStatus(
                3,
                Optional.empty(),
                List.of(
                    new ElectionStatus.Peer("node1", "10.0.0.1:9000", true),
                    new ElectionStatus.Peer("node2", "10.0.0.2:9000", false)),
                Optional.empty()));
    LEADER.nodes = Map.of("node1", new ClusterNode("node1", "h1", "1.4.0", Instant.EPOCH));
    String body = get("/leader").entity();
    assertTrue(
        body.endsWith(
            "\"term\":3,\"peers\":["
                + "{\"id\":\"node1\",\"address\":\"10.0.0.1:9000\",\"http\":\"h1\",\"version\":\"1.4.0\",\"reachable\":true},"
                + "{\"id\":\"node2\",\"address\":\"10.0.0.2:9000\",\"reachable\":false}]}"),
        body);
  }

  @Test
  void a_full_queue_says_when_to_come_back() {
    STORE.mood = MemoryStore.Mood.FULL_QUEUE;
    ClientResponseTyped<String> answer = submit("{\"payload\":1}");
    assertEquals(429, answer.status().code());
    assertEquals("1", answer.headers().get(HeaderNames.RETRY_AFTER).get());
    assertTrue(answer.entity().contains("queue-full"));
  }

  @Test
  void a_refusal_says_that_nothing_was_kept() {
    STORE.mood = MemoryStore.Mood.REFUSES;
    ClientResponseTyped<String> answer = submit("{\"payload\":1}");
    assertEquals(503, answer.status().code());
    assertEquals("1", answer.headers().get(HeaderNames.RETRY_AFTER).get());
    assertTrue(answer.entity().contains("Nothing was stored: Redis is full."), answer.entity());
  }

  @Test
  void an_unknown_outcome_names_the_id_to_ask_for() {
    STORE.mood = MemoryStore.Mood.UNAVAILABLE;
    ClientResponseTyped<String> answer = submit("{\"payload\":1}");
    assertEquals(503, answer.status().code());
    assertEquals("1", answer.headers().get(HeaderNames.RETRY_AFTER).get());
    assertTrue(answer.entity().contains("outcome-unknown"), answer.entity());
    assertTrue(answer.entity().contains("\"id\":\""), answer.entity());
  }

  @Test
  void an_unknown_type_is_told_the_known_ones() {
    ClientResponseTyped<String> answer = submit("{\"payload\":1,\"type\":\"fax\"}");
    assertEquals(422, answer.status().code());
    assertTrue(answer.entity().contains("\"pointer\":\"/type\""), answer.entity());
    assertTrue(answer.entity().contains("it runs log, mail"), answer.entity());
  }

  @Test
  void a_defect_tells_nothing_of_its_inside() {
    STORE.mood = MemoryStore.Mood.DEFECT;
    ClientResponseTyped<String> answer = submit("{\"payload\":1}");
    assertEquals(500, answer.status().code());
    assertFalse(answer.entity().contains("secret"));
  }

  @Test
  void each_state_of_a_task_is_told_with_its_times() {
    String rest = ",\"priority\":\"high\",\"type\":\"log\",\"queue\":\"default\",\"attempt\":";
    String submitted = ",\"submittedAt\":\"2026-11-23T08:55:00.717000Z\"";
    String started = ",\"startedAt\":\"2026-11-23T08:55:01.000001Z\"";
    String finished = ",\"finishedAt\":\"2026-11-23T08:55:02.000000Z\"";
    assertEquals(
        "\"status\":\"pending\",\"state\":\"ready\"" + rest + 0 + submitted + "}",
        status(0, new TaskState.Ready()));
    assertEquals(
        "\"status\":\"pending\",\"state\":\"scheduled\""
            + rest
            + 1
            + submitted
            + ",\"dueAt\":\"2026-11-23T08:55:02.000000Z\"}",
        status(1, new TaskState.Scheduled(T2)));
    assertEquals(
        "\"status\":\"pending\",\"state\":\"running\""
            + rest
            + 2
            + submitted
            + started
            + ",\"epoch\":7}",
        status(2, new TaskState.Running(7, T1)));
    assertEquals(
        "\"status\":\"completed\",\"state\":\"completed\""
            + rest
            + 2
            + submitted
            + started
            + finished
            + "}",
        status(2, new TaskState.Completed(T1, T2)));
    assertEquals(
        "\"status\":\"failed\",\"state\":\"dead\""
            + rest
            + 5
            + submitted
            + started
            + finished
            + ",\"error\":\"it said \\\"no\\\"?\"}",
        status(5, new TaskState.Dead(T1, T2, "it said \"no\"\ud800")));
  }

  @Test
  void an_id_is_a_uuid_in_lower_case_and_there_once() {
    assertEquals(400, get("/status").status().code());
    for (String id : List.of("", "1", ID.toUpperCase(Locale.ROOT), ID + "0")) {
      assertEquals(
          400,
          client.get("/status").queryParam("id", id).request(String.class).status().code(),
          id);
    }
    assertEquals(
        400, client.get("/status").queryParam("id", ID, ID).request(String.class).status().code());
    assertEquals(
        404, client.get("/status").queryParam("id", ID).request(String.class).status().code());
  }

  @Test
  void a_status_that_cannot_be_read_may_be_asked_for_again() {
    STORE.mood = MemoryStore.Mood.UNAVAILABLE;
    ClientResponseTyped<String> answer =
        client.get("/status").queryParam("id", ID).request(String.class);
    assertEquals(503, answer.status().code());
    assertTrue(answer.headers().contains(HeaderNames.RETRY_AFTER));
  }

  @Test
  void the_leader_is_null_while_there_is_none() {
    String peers =
        ",\"peers\":[{\"id\":\"node1\",\"address\":\"h1\",\"http\":\"h1\","
            + "\"version\":\"1.4.0\",\"reachable\":true}]}";
    assertEquals("{\"leader\":null" + peers, get("/leader").entity());
    LEADER.ledBy("node2", false);
    assertEquals(
        "{\"leader\":\"node2\",\"epoch\":1795424100000,\"elector\":\"raft\","
            + "\"since\":\"2026-11-23T08:55:00.000000Z\""
            + peers,
        get("/leader").entity());
  }

  @Test
  void only_the_leader_can_resign() {
    ClientResponseTyped<String> nobody = client.post("/leader/resign").request(String.class);
    assertEquals(409, nobody.status().code());
    LEADER.ledBy("node2", false);
    ClientResponseTyped<String> other = client.post("/leader/resign").request(String.class);
    assertEquals(409, other.status().code());
    assertTrue(other.entity().contains("node2"), other.entity());
    LEADER.ledBy("node1", true);
    ClientResponseTyped<String> own = client.post("/leader/resign").request(String.class);
    assertEquals(202, own.status().code());
    assertEquals("{\"node_id\":\"node1\",\"resigning\":true}", own.entity());
  }

  @Test
  void ready_is_who_has_joined_its_electors() {
    LEADER.joined = false;
    assertEquals(503, get("/health/ready").status().code());
    assertEquals(200, get("/health").status().code());
    LEADER.joined = true;
    assertEquals(200, get("/health/ready").status().code());
  }

  @Test
  void health_has_the_same_fields_whether_redis_answers_or_not() {
    LEADER.ledBy("node1", true);
    ClientResponseTyped<String> well = get("/health");
    assertEquals(200, well.status().code());
    String begin =
        "{\"node_id\":\"node1\",\"is_leader\":true,\"leader_id\":\"node1\",\"queue_size\":12,";
    assertTrue(well.entity().startsWith(begin), well.entity());
    assertTrue(well.entity().contains("\"persistence\":\"aof-everysec\""), well.entity());
    STORE.mood = MemoryStore.Mood.UNAVAILABLE;
    ClientResponseTyped<String> away = get("/health");
    assertEquals(503, away.status().code());
    assertTrue(away.entity().startsWith(begin), away.entity());
    assertEquals(503, get("/health/ready").status().code());
    assertEquals(200, get("/health/live").status().code());
  }
}
