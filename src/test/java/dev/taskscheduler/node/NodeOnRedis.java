package dev.taskscheduler.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.queue.Queues;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.schedule.Schedules;
import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;
import dev.taskscheduler.task.Backoff;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RepairKind;
import dev.taskscheduler.task.RetryDefaults;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskListener;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskService;
import dev.taskscheduler.task.TaskState;
import dev.taskscheduler.task.redis.RedisTasks;
import dev.taskscheduler.testing.RedisServer;
import dev.taskscheduler.testing.TaskTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.Jedis;

/// What tests of a leader's work begin with: an empty Redis, runners of the test's own, and nodes
/// whose leadership is held by hand. Tasks are submitted by a store of another node.
abstract class NodeOnRedis {
  static final String NS = "{scheduler}:";
  static final Duration LONG = Duration.ofMinutes(10);
  static final TaskLimits LIMITS =
      new TaskLimits(1_000_000, 3, Duration.ofHours(24), 1_000_000, 1_000_000);
  private static final Namespace NAMESPACE = new Namespace("scheduler");

  static RedisServer server;
  private static Redis redis;

  final Ledger ledger = new Ledger();
  TaskService tasks;
  Queues queues;
  Jedis jedis;
  private final Map<String, TaskRunner> runners = new HashMap<>();
  private final List<SchedulerNode> nodes = new ArrayList<>();
  private final List<RedisTasks> stores = new ArrayList<>();
  private RedisTasks store;
  Schedules schedules;

  /// What the nodes told.
  static final class Ledger implements WorkListener, TaskListener {
    final AtomicInteger submitted = new AtomicInteger();
    final AtomicInteger cancelledWaiting = new AtomicInteger();
    final AtomicInteger retried = new AtomicInteger();
    final AtomicInteger callbacks = new AtomicInteger();
    final ConcurrentLinkedQueue<String> outcomes = new ConcurrentLinkedQueue<>();
    final AtomicInteger timedOut = new AtomicInteger();
    final AtomicInteger stuck = new AtomicInteger();

    long count(String outcome) {
      return outcomes.stream().filter(outcome::equals).count();
    }

    @Override
    public void submitted(Priority priority) {
      submitted.incrementAndGet();
    }

    @Override
    public void cancelled() {
      cancelledWaiting.incrementAndGet();
    }

    @Override
    public void retried() {
      retried.incrementAndGet();
    }

    @Override
    public void callbackMade() {
      callbacks.incrementAndGet();
    }

    @Override
    public void started(Duration wait) {}

    @Override
    public void finished(String outcome, Duration run) {
      outcomes.add(outcome);
    }

    @Override
    public void timedOut() {
      timedOut.incrementAndGet();
    }

    @Override
    public void stuck() {
      stuck.incrementAndGet();
    }

    @Override
    public void repaired(RepairKind kind, int times) {
      outcomes.add("repaired " + kind);
    }

    @Override
    public void lookedThrough(Duration took) {}
  }

  /// What a runner does in a test.
  interface Body {
    TaskResult run(TaskRun task) throws Exception;
  }

  @BeforeAll
  static void startRedis() {
    server = new RedisServer();
    redis = server.redis(12);
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
    server.close();
  }

  @BeforeEach
  void empty() {
    jedis = server.jedis();
    jedis.flushAll();
    store = new RedisTasks(redis, NAMESPACE, LIMITS);
    queues = store.queues();
    schedules = store.schedules();
    tasks = new TaskService(store.ports(), TaskTypes.of("note", "mail", "unknown-here"), ledger);
  }

  @AfterEach
  void end() {
    nodes.forEach(node -> node.end(false, Duration.ZERO, () -> {}));
    stores.forEach(RedisTasks::close);
    store.close();
    jedis.close();
  }

  void runner(String type, Body body) {
    runner(type, false, body);
  }

  void runner(String type, boolean computes, Body body) {
    runners.put(
        type,
        new TaskRunner() {
          @Override
          public String type() {
            return type;
          }

          @Override
          public boolean computes() {
            return computes;
          }

          @Override
          public TaskResult run(TaskRun task) throws Exception {
            return body.run(task);
          }
        });
  }

  SchedulerNode node(WorkerConfig config) {
    return node(config, redis, UnaryOperator.identity());
  }

  private SchedulerNode node(WorkerConfig config, Redis through, UnaryOperator<Claims> around) {
    RedisTasks tasksOfNode = new RedisTasks(through, NAMESPACE, LIMITS);
    stores.add(tasksOfNode);
    SchedulerNode node =
        new SchedulerNode(
            config,
            around.apply(tasksOfNode.claims()),
            tasksOfNode.maintenance(),
            runners,
            ledger,
            new SchedulerNode.Scheduling(
                tasksOfNode.fires(), new FireLedger(), tasksOfNode.schedules(), Optional::empty));
    nodes.add(node);
    return node;
  }

  private static WorkerConfig config(int workers, PriorityPolicy priorities) {
    return new WorkerConfig(
        workers,
        LONG,
        RetryDefaults.of(3, new Backoff(Duration.ofMillis(40), Duration.ofMillis(100), 2)),
        1000,
        priorities,
        LONG);
  }

  SchedulerNode node(int workers, PriorityPolicy priorities) {
    return node(config(workers, priorities));
  }

  /// @param through its connections to Redis
  SchedulerNode node(int workers, Redis through) {
    return node(
        config(workers, new PriorityPolicy.Strict(Duration.ZERO)),
        through,
        UnaryOperator.identity());
  }

  /// @param around what is put around its store
  SchedulerNode node(int workers, UnaryOperator<Claims> around) {
    return node(config(workers, new PriorityPolicy.Strict(Duration.ZERO)), redis, around);
  }

  SchedulerNode node(int workers) {
    return node(workers, new PriorityPolicy.Strict(Duration.ZERO));
  }

  HeldLeadership lead(SchedulerNode node) {
    HeldLeadership leadership = HeldLeadership.take(server);
    node.begin(leadership);
    return leadership;
  }

  /// The leader is gone from one moment to the next: it writes nothing any more.
  static void die(SchedulerNode node, HeldLeadership leadership) {
    leadership.lose();
    CountDownLatch ended = new CountDownLatch(1);
    node.end(false, Duration.ZERO, ended::countDown);
    try {
      assertTrue(ended.await(10, TimeUnit.SECONDS), "its work does not end");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  String submit(Priority priority, String type, String payload, TaskOptions options) {
    SubmitResult answer =
        tasks.submit(new NewTask(priority, type, payload.getBytes(UTF_8), options));
    return assertInstanceOf(SubmitResult.Accepted.class, answer).id();
  }

  String submit(TaskOptions options) {
    return submit(Priority.MEDIUM, "note", "1", options);
  }

  Task task(String id) {
    return tasks.queries().find(id).orElseThrow();
  }

  TaskState state(String id) {
    return task(id).state();
  }

  boolean completed(String id) {
    return state(id) instanceof TaskState.Completed;
  }

  List<String> trail(String id) {
    return jedis.lrange(NS + "attempts:" + id, 0, -1);
  }
}
