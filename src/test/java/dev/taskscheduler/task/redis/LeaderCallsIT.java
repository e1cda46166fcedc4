package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.StoreOnRedis.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.queue.QueueSettings;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Callback;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.PriorityShares;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What holds for all of a leader's calls: under an old token nothing changes, and a full Redis
/// stops none of them. Nor does it stop users' orders.
class LeaderCallsIT extends OnOneRedis {
  private static final TaskOptions ALL =
      TaskOptions.NONE
          .with(TaskOption.RETENTION, Duration.ofHours(1))
          .with(TaskOption.CALLBACK_URL, "http://example.org/")
          .with(TaskOption.CALLBACK_ON, Callback.When.BOTH);

  /// Every call of a leader, made on a store that gives each of them something to do.
  enum LeaderCall {
    ENTER,
    CLAIM,
    CLAIM_BY_AGE,
    RECONCILE,
    COMPLETE,
    COMPLETE_WITH_RESULT,
    FAIL,
    TRY_AGAIN,
    CANCEL,
    REQUEUE_FRONT,
    REQUEUE_LATER,
    RECOVER,
    PROMOTE,
    CANCELLING,
    TRIM;

    Object on(StoreOnRedis store, FencingToken token, Claim held) {
      return switch (this) {
        case ENTER -> {
          store.claims.recordLeader(token);
          yield "entered";
        }
        case CLAIM -> store.claims.claim(token, 77, 10, PriorityShares.STRICT);
        case CLAIM_BY_AGE ->
            store.claims.claim(token, 77, 10, new PriorityShares(0, 0, 0, Duration.ofHours(1)));
        case RECONCILE -> store.claims.reconcile(token, 77, Map.of());
        case COMPLETE -> get(store.claims.end(token, held, Outcome.SUCCESS));
        case COMPLETE_WITH_RESULT ->
            get(
                store.claims.end(
                    token, held, new Outcome.Success("[1]".getBytes(StandardCharsets.UTF_8))));
        case FAIL -> get(store.claims.end(token, held, failed("no")));
        case TRY_AGAIN -> get(store.claims.end(token, held, again("no", Duration.ofMinutes(1))));
        case CANCEL -> get(store.claims.end(token, held, new Outcome.Cancelled()));
        case REQUEUE_FRONT -> get(store.claims.requeue(token, held, Duration.ZERO));
        case REQUEUE_LATER -> get(store.claims.requeue(token, held, Duration.ofMinutes(1)));
        case RECOVER -> store.claims.recover(token);
        case PROMOTE -> store.maintenance.promote(token, 10);
        case CANCELLING -> store.maintenance.cancelling(token);
        case TRIM -> store.maintenance.clean(token, 10);
      };
    }
  }

  /// Something for each call to do: lost, done and due tasks, some set aside, some to be set aside,
  /// some whose time is over, some that were cancelled.
  private Claim prepare() {
    submit("lost", ALL);
    store.claimOne(token);
    store.commands.cancel("lost");
    submit("dead", ALL);
    get(store.claims.end(token, store.claimOne(token), failed("no")));
    store.claimOne(token); // its callback, lost too
    token = store.lead(1001);
    store.submitAll(Priority.HIGH, "done", "later");
    get(store.claims.end(token, store.claimOne(token), Outcome.SUCCESS));
    store.jedis.setrange(NS + "task:done", 14, "0".repeat(13));
    get(store.claims.requeue(token, store.claimOne(token), Duration.ofMinutes(1)));
    store.jedis.zadd(NS + "scheduled", 1, "later");
    store.queues.pause("mail", "");
    submit("aside", TaskOptions.NONE.with(TaskOption.QUEUE, "mail"));
    submit("held", ALL);
    Claim held = store.claimOne(token);
    submit("over", ALL.with(TaskOption.EXPIRES_AT, Instant.ofEpochMilli(1)));
    store.submitAll(Priority.HIGH, "stale", "ready");
    store.commands.cancel("stale");
    store.jedis.hset(NS + "cancelling", "gone", "1");
    return held;
  }

  @ParameterizedTest
  @EnumSource(LeaderCall.class)
  void nothing_changes_under_a_token_that_was_succeeded(LeaderCall call) {
    Claim held = prepare();
    FencingToken old = token;
    store.lead(1002);
    var before = server.snapshot();
    assertThrows(StoreException.Fenced.class, () -> call.on(store, old, held));
    var sameEpoch = new FencingToken(1002, "ffffffffffffffff"); // came back after a failover
    assertThrows(StoreException.Fenced.class, () -> call.on(store, sameEpoch, held));
    assertEquals(before, server.snapshot());
    store.jedis.del(NS + "leader");
    assertThrows(StoreException.Fenced.class, () -> call.on(store, old, held));
  }

  @ParameterizedTest
  @EnumSource(LeaderCall.class)
  void a_full_redis_stops_no_call_of_a_leader(LeaderCall call) {
    Claim held = prepare();
    var before = server.snapshot();
    store.jedis.configSet("maxmemory", "1");
    var refused =
        assertThrows(StoreException.Refused.class, () -> store.submit("new", Priority.HIGH));
    assertTrue(refused.getMessage().contains("full"), refused.getMessage());
    assertEquals(before, server.snapshot(), "nothing of the submission was written");
    Object answer = call.on(store, token, held);
    assertNotEquals(before, server.snapshot(), () -> call + " did nothing: " + answer);
    store.jedis.configSet("maxmemory", "0");
    assertEquals(
        new SubmitResult.Accepted("after", Durability.MEMORY), store.submit("after", Priority.LOW));
  }

  /// What users may order, each with something to do.
  enum Order {
    CANCEL_READY,
    CANCEL_SCHEDULED,
    CANCEL_RUNNING,
    CANCEL_ASIDE,
    REVIVE,
    PAUSE,
    PAUSE_ALL,
    RESUME,
    SET,
    DELETE;

    Object on(StoreOnRedis store) {
      return switch (this) {
        case CANCEL_READY -> store.commands.cancel("ready");
        case CANCEL_SCHEDULED -> store.commands.cancel("later");
        case CANCEL_RUNNING -> store.commands.cancel("held");
        case CANCEL_ASIDE -> store.commands.cancel("aside");
        case REVIVE -> store.commands.retry(List.of("dead", "nobody"));
        case PAUSE -> store.queues.pause("post", "why");
        case PAUSE_ALL -> {
          store.pauses.pause(new Pause.All());
          yield "paused";
        }
        case RESUME -> store.queues.resume("mail");
        case SET ->
            store.queues.put(
                "post*",
                new QueueSettings(
                    Optional.of(1),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    TaskOptions.NONE));
        case DELETE -> store.queues.delete("mail");
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void a_full_redis_stops_no_order_of_a_user(Order order) {
    prepare();
    var before = server.snapshot();
    fill();
    Object answer = order.on(store);
    assertNotEquals(before, server.snapshot(), () -> order + " did nothing: " + answer);
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void an_order_passes_while_nobody_leads(Order order) {
    prepare();
    store.jedis.del(NS + "leader");
    var before = server.snapshot();
    Object answer = order.on(store);
    assertNotEquals(before, server.snapshot(), () -> order + " did nothing: " + answer);
    assertTrue(!store.jedis.exists(NS + "leader"), "it makes up no leader");
  }

  @Test
  void a_first_claim_takes_nothing_while_tasks_of_an_earlier_leader_run() {
    FencingToken first = store.lead(2000);
    store.submit("a", Priority.HIGH);
    store.submit("b", Priority.LOW);
    store.claims.claim(first, 1, 1, PriorityShares.STRICT);
    FencingToken next = store.lead(2001);
    var before = server.snapshot();
    assertEquals(Optional.empty(), store.claims.claimFirst(next, 1, 10, PriorityShares.STRICT));
    assertEquals(before, server.snapshot());
    assertEquals(1, store.claims.recover(next).requeued());
    assertEquals(
        List.of("a", "b"),
        store.claims.claimFirst(next, 1, 10, PriorityShares.STRICT).orElseThrow().claims().stream()
            .map(Claim::id)
            .toList());
  }

  @Test
  void a_first_claim_passes_on_a_full_redis_and_under_no_old_token() {
    FencingToken old = store.lead(2000);
    store.submit("a", Priority.HIGH);
    FencingToken next = store.lead(2001);
    var before = server.snapshot();
    assertThrows(
        StoreException.Fenced.class,
        () -> store.claims.claimFirst(old, 1, 10, PriorityShares.STRICT));
    assertEquals(before, server.snapshot());
    fill();
    assertEquals(
        "a",
        store
            .claims
            .claimFirst(next, 1, 10, PriorityShares.STRICT)
            .orElseThrow()
            .claims()
            .getFirst()
            .id());
    assertEquals(List.of("2001 node1"), store.jedis.zrange(NS + "leaders", 0, -1));
  }

  @Test
  void a_first_claim_enters_as_well_also_where_nothing_is_ready_and_the_mark_stands() {
    FencingToken token = store.lead(2000);
    store.jedis.hset(NS + "leader", "waiting", "1");
    assertEquals(
        List.of(),
        store.claims.claimFirst(token, 1, 10, PriorityShares.STRICT).orElseThrow().claims());
    assertEquals(List.of("2000 node1"), store.jedis.zrange(NS + "leaders", 0, -1));
  }

  @Test
  void who_led_is_written_down_and_the_newest_thousand_are_kept() {
    for (int i = 0; i < 1003; i++) {
      store.claims.recordLeader(store.lead(2000 + i));
    }
    store.claims.recordLeader(store.lead(3002));
    List<String> leaders = store.jedis.zrange(NS + "leaders", 0, -1);
    assertEquals(1000, leaders.size());
    assertEquals("2003 node1", leaders.getFirst());
    assertEquals("3002 node1", leaders.getLast());
  }
}
