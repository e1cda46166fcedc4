package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.TaskOptions.NONE;
import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.TaskDetails;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a callback holds of the task that ended: all that it is to tell, from the moment of the
/// end.
class CallbackFactsIT {
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final TaskOptions CALLING =
      NONE.with(TaskOption.CALLBACK_URL, "http://example.org/done")
          .with(TaskOption.CALLBACK_ON, Callback.When.BOTH);

  private RedisServer server;
  private StoreOnRedis store;
  private FencingToken token;

  @BeforeEach
  void lead() {
    server = new RedisServer();
    store = new StoreOnRedis(server, new TaskLimits(100, 3, Duration.ofHours(1), 1, 1));
    token = store.lead(7);
  }

  @AfterEach
  void stop() {
    store.close();
    server.close();
  }

  private Claim running(String id, TaskOptions options) {
    get(
        store.intake.submit(
            id, new NewTask(Priority.LOW, "a.type", "{\"secret\":1}".getBytes(UTF_8), options)));
    return store.claimOne(token);
  }

  /// The payload of the one callback that is ready, its two times replaced.
  private String facts() {
    return new String(store.claimOne(token).payload(), UTF_8).replaceAll("Us\":\\d{16}", "Us\":T");
  }

  private static String facts(String state, int attempt, String more) {
    return "{\"task\":\"a\",\"url\":\"http://example.org/done\",\"type\":\"a.type\",\"queue\":\"default\",\"priority\":\"low\","
        + "\"attempt\":"
        + attempt
        + ",\"submittedUs\":T,\"state\":\""
        + state
        + "\",\"finishedUs\":T"
        + more
        + "}";
  }

  private static Outcome failed(String error) {
    return new Outcome.Failure(error, false, Optional.empty());
  }

  @Test
  void a_completed_task_is_told_with_its_result_byte_for_byte() {
    String result = "{ \"n\" : 1.0,\"t\":\"a\tb\" }".replace("\t", "\\t");
    get(
        store.claims.end(
            token, running("a", CALLING), new Outcome.Success(result.getBytes(UTF_8))));
    assertEquals(facts("completed", 1, ",\"result\":" + result), facts());
  }

  @Test
  void a_dead_task_is_told_with_its_error() {
    get(store.claims.end(token, running("a", CALLING), failed("no \"way\" \\ é")));
    assertEquals(facts("dead", 1, ",\"error\":\"no \\\"way\\\" \\\\ é\""), facts());
  }

  @Test
  void a_task_whose_leaders_were_lost_is_told_of() {
    running("a", CALLING);
    for (int epoch = 8; epoch <= 10; epoch++) {
      token = store.lead(epoch);
      store.claims.recover(token);
      if (store.jedis.zscore("{scheduler}:scheduled", "a") != null) {
        store.jedis.zadd("{scheduler}:scheduled", 1, "a"); // due at once
      }
      store.maintenance.promote(token, 10);
      if (epoch < 10) {
        assertEquals("a", store.claimOne(token).id());
      }
    }
    assertEquals(facts("dead", 3, ",\"error\":\"its leader was lost while it ran\""), facts());
  }

  @Test
  void a_task_that_expired_is_told_of() {
    var late = CALLING.with(TaskOption.EXPIRES_AT, Instant.ofEpochMilli(1));
    get(store.intake.submit("a", new NewTask(Priority.LOW, "a.type", "1".getBytes(UTF_8), late)));
    assertEquals(List.of(), store.claim(token, 1));
    assertEquals(
        facts("expired", 0, ",\"error\":\"it could not start before expiresAt\""), facts());
  }

  @Test
  void the_task_may_be_gone_before_its_callback_runs() {
    get(store.claims.end(token, running("a", CALLING), Outcome.SUCCESS));
    store.jedis.del("{scheduler}:task:a");
    assertEquals(facts("completed", 1, ""), facts());
  }

  @Test
  void a_task_that_was_brought_back_calls_again_with_an_end_of_its_own() {
    get(store.claims.end(token, running("a", CALLING), failed("no")));
    store.commands.retry(List.of("a"));
    Claim first = store.claimOne(token);
    assertEquals("callback", first.type(), "the first end is told, though the task waits again");
    assertTrue(new String(first.payload(), UTF_8).contains("\"state\":\"dead\""));
    get(store.claims.end(token, store.claimOne(token), Outcome.SUCCESS));
    Claim second = store.claimOne(token);
    assertNotEquals(first.id(), second.id());
    assertTrue(new String(second.payload(), UTF_8).contains("\"state\":\"completed\""));
  }

  @Test
  void the_trace_of_the_submission_goes_along() {
    get(
        store.claims.end(
            token, running("a", CALLING.with(TaskOption.TRACEPARENT, TRACE)), Outcome.SUCCESS));
    assertEquals(Optional.of(TRACE), store.claimOne(token).options().get(TaskOption.TRACEPARENT));
  }

  private Optional<TaskDetails.CallbackTask> callback(String id) {
    return store.queries.details(id).orElseThrow().callback();
  }

  private StateName stateOfCallback(String id) {
    return callback(id).orElseThrow().task().orElseThrow().state().named();
  }

  @Test
  void a_task_that_has_ended_names_its_callback_and_what_became_of_it() {
    String id = "019aa0e6-5b3c-7000-8000-000000000001";
    Claim claim = running(id, CALLING);
    assertEquals(Optional.empty(), callback(id));
    get(store.claims.end(token, claim, Outcome.SUCCESS));
    String call = callback(id).orElseThrow().id();
    assertEquals(StateName.READY, stateOfCallback(id));
    Claim sent = store.claimOne(token);
    assertEquals(call, sent.id());
    assertEquals(StateName.RUNNING, stateOfCallback(id));
    var later = Optional.of(Duration.ofHours(1));
    get(store.claims.end(token, sent, new Outcome.Failure("answered 503", false, later)));
    TaskState state = callback(id).orElseThrow().task().orElseThrow().state();
    assertEquals(Optional.of("answered 503"), ((TaskState.Retrying) state).error());
    store.jedis.del("{scheduler}:task:" + call);
    assertEquals(new TaskDetails.CallbackTask(call, Optional.empty()), callback(id).orElseThrow());
  }

  @Test
  void each_kind_of_end_names_its_callback_and_an_end_without_one_names_none() {
    Claim dead = running("019aa0e6-5b3c-7000-8000-000000000001", CALLING);
    get(store.claims.end(token, dead, new Outcome.Failure("no", false, Optional.empty())));
    assertEquals(callback(dead.id()).orElseThrow().id(), store.claimOne(token).id());
    String lost =
        running("019aa0e6-5b3c-7000-8000-000000000002", CALLING.with(TaskOption.MAX_ATTEMPTS, 1))
            .id();
    token = store.lead(8);
    store.claims.recover(token);
    assertEquals(StateName.DEAD, store.queries.find(lost).orElseThrow().state().named());
    assertEquals(StateName.READY, stateOfCallback(lost));
    String late = "019aa0e6-5b3c-7000-8000-000000000003";
    get(
        store.intake.submit(
            late,
            new NewTask(
                Priority.HIGH,
                "a.type",
                new byte[] {'1'},
                CALLING.with(TaskOption.EXPIRES_AT, Instant.EPOCH.plusMillis(1)))));
    store.claim(token, 9);
    assertEquals(StateName.EXPIRED, store.queries.find(late).orElseThrow().state().named());
    assertTrue(callback(late).orElseThrow().task().isPresent());
    Claim plain =
        running(
            "019aa0e6-5b3c-7000-8000-000000000004",
            CALLING.with(TaskOption.CALLBACK_ON, Callback.When.FAILURE));
    get(store.claims.end(token, plain, Outcome.SUCCESS));
    assertEquals(Optional.empty(), callback(plain.id()));
  }
}
