package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.PriorityShares;
import dev.taskscheduler.task.RepairKind;
import dev.taskscheduler.task.RepairPass;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/// Pass after pass, without a rest, while tasks are submitted, claimed, ended, put back, cancelled,
/// revived, paused, promoted and trimmed by as many threads: nothing is repaired that was not
/// broken, and what a vandal breaks is repaired without a task ever running twice at once.
class RepairsUnderWorkIT {
  private static final String NS = "{scheduler}:";
  private static final int PASSES = 25;
  private static final int BACKLOG = 2_500; // so that walks take several pages
  private static final TaskLimits LIMITS =
      new TaskLimits(1_000_000, 3, Duration.ofHours(1), 400, 400);
  private static final String TAKE_OUT =
      """
      local list = KEYS[1]
      local id = redis.call('LINDEX', list, ARGV[1])
      if id and string.sub(redis.call('GET', ARGV[2] .. id) or '', 1, 1) == 'w' then
        return redis.call('LREM', list, 1, id)
      end
      return 0\
      """;

  private RedisServer server;
  private StoreOnRedis store;
  private FencingToken token;
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger passes = new AtomicInteger();
  private final Set<String> runs = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<Throwable> faults = new ConcurrentLinkedQueue<>();
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicInteger names = new AtomicInteger();
  private final Map<RepairKind, Integer> repaired = new EnumMap<>(RepairKind.class);
  private volatile boolean over;

  @BeforeEach
  void open() {
    server = new RedisServer();
    store = new StoreOnRedis(server, LIMITS);
    token = store.lead(1000);
  }

  @AfterEach
  void close() {
    store.close();
    server.close();
  }

  private interface Turn {
    void take(Random random);
  }

  private Thread again(String name, Turn turn) {
    Random random = new Random();
    return Thread.ofPlatform()
        .name(name)
        .start(() -> {
          try {
            while (!over) {
              turn.take(random);
            }
          } catch (RuntimeException | AssertionError e) {
            faults.add(e);
          }
        });
  }

  /// Not so many that the queue outgrows the walks: then no pass would come to its end.
  private void submitSome(Random random) {
    if (store.queries.counts().queued() > 2 * BACKLOG) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      return;
    }
    List<CompletableFuture<SubmitResult>> answers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String id = "t" + names.incrementAndGet();
      TaskOptions options =
          switch (random.nextInt(6)) {
            case 0 ->
                TaskOptions.NONE.with(TaskOption.DELAY, Duration.ofMillis(random.nextInt(300)));
            case 1 -> TaskOptions.NONE.with(TaskOption.UNIQUE_KEY, "%032x".formatted(names.get()));
            case 2 ->
                TaskOptions.NONE.with(TaskOption.RETENTION, Duration.ofMillis(random.nextInt(500)));
            default -> TaskOptions.NONE;
          };
      Priority priority = Priority.values()[random.nextInt(3)];
      String type = random.nextInt(4) == 0 ? "slow" : "log";
      answers.add(store.intake.submit(id, new NewTask(priority, type, new byte[] {'1'}, options)));
    }
    answers.forEach(StoreOnRedis::get);
  }

  private void runSome(Random random) {
    List<Claim> claims;
    synchronized (sequence) {
      claims =
          store
              .claims
              .claim(
                  token, sequence.incrementAndGet(), 1 + random.nextInt(60), PriorityShares.STRICT)
              .claims();
      for (Claim claim : claims) {
        assertTrue(runs.add(claim.id()), () -> claim.id() + " runs twice at once");
      }
    }
    List<CompletableFuture<?>> answers = new ArrayList<>();
    for (Claim claim : claims) {
      runs.remove(claim.id());
      answers.add(leave(claim, random));
    }
    answers.forEach(StoreOnRedis::get);
  }

  private CompletableFuture<?> leave(Claim claim, Random random) {
    int dice = random.nextInt(10);
    if (dice == 0) {
      return store.claims.requeue(token, claim, Duration.ZERO);
    } else if (dice == 1) {
      return store.claims.requeue(token, claim, Duration.ofMillis(random.nextInt(100)));
    }
    Outcome outcome =
        switch (dice) {
          case 2 -> new Outcome.Failure("no", false, Optional.of(Duration.ofMillis(20)));
          case 3 -> new Outcome.Failure("no", false, Optional.empty());
          case 4 -> new Outcome.Success(new byte[] {'2'});
          default -> Outcome.SUCCESS;
        };
    return store.claims.end(token, claim, outcome).thenAccept(end -> ended(claim.id(), end));
  }

  private void ended(String id, AttemptEnd end) {
    assertNotEquals(AttemptEnd.REFUSED, end, id);
    if (end != AttemptEnd.RETRYING) {
      ended.incrementAndGet();
    }
  }

  private void careOnce(Random random) {
    store.maintenance.promote(token, 500);
    store.maintenance.cancelling(token);
    store.maintenance.clean(token, 500);
    if (random.nextInt(20) == 0) {
      store.queues.pause("slow", "");
    } else if (random.nextInt(20) == 0) {
      store.queues.resume("slow");
    }
  }

  private void cancelOrRevive(Random random) {
    String id = "t" + (1 + random.nextInt(Math.max(1, names.get())));
    if (random.nextBoolean()) {
      store.commands.cancel(id);
    } else {
      store.commands.retry(List.of(id));
    }
  }

  private void passOver(Random random) {
    RepairPass pass = store.maintenance.repair(token);
    boolean more = true;
    while (more && !over) {
      more = pass.step();
    }
    pass.repaired().forEach((kind, times) -> repaired.merge(kind, times, Integer::sum));
    passes.incrementAndGet();
  }

  private void workWith(Turn vandal) {
    Repairs.submitMany(store, Priority.LOW, "backlog", BACKLOG);
    List<Thread> threads = new ArrayList<>();
    threads.add(again("submits", this::submitSome));
    threads.add(again("runs-1", this::runSome));
    threads.add(again("runs-2", this::runSome));
    threads.add(
        again(
            "cares",
            random -> {
              careOnce(random);
              vandal.take(random);
            }));
    threads.add(again("cancels", this::cancelOrRevive));
    threads.add(again("repairs", this::passOver));
    Duration longest = Duration.ofMinutes(1);
    Eventually.await("passes", longest, () -> passes.get() >= PASSES || !faults.isEmpty());
    over = true;
    Eventually.await("an end", longest, () -> threads.stream().noneMatch(Thread::isAlive));
    assertEquals(List.of(), List.copyOf(faults));
  }

  /// Runs what is left, and finds that no task that has not ended stands nowhere.
  private void drain() {
    store.queues.resume("slow");
    Random random = new Random(1);
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (store.queries.counts().queued() + store.queries.counts().scheduled() > 0) {
      assertTrue(System.nanoTime() - deadline < 0, "not drained");
      store.maintenance.promote(token, 500);
      runSome(random);
    }
    for (String key : store.jedis.keys(NS + "task:*")) {
      char state = store.jedis.get(key).charAt(0);
      assertTrue(state != 'w', key + " has not ended and stands nowhere");
    }
    assertEquals(Map.of(), Repairs.pass(store, token));
  }

  @Test
  void nothing_is_repaired_that_was_not_broken() {
    workWith(random -> {});
    assertTrue(ended.get() > 500, "tasks that ended: " + ended);
    assertEquals(Map.of(), repaired);
    drain();
  }

  private static int takeOut(Jedis jedis, Random random) {
    String list =
        List.of("ready:low:default", "ready:low:default", "ready:high:default", "scheduled")
            .get(random.nextInt(4));
    if (list.equals("scheduled")) {
      return jedis.zpopmax(NS + list, 1).size();
    }
    List<String> args = List.of(String.valueOf(random.nextInt(500)), NS + "task:");
    return (int) (long) (Long) jedis.eval(TAKE_OUT, List.of(NS + list), args);
  }

  @Test
  void what_a_vandal_breaks_is_repaired_and_no_task_runs_twice_at_once() {
    AtomicInteger taken = new AtomicInteger();
    try (Jedis jedis = server.jedis()) {
      workWith(random -> taken.addAndGet(takeOut(jedis, random)));
    }
    int lost = repaired.getOrDefault(RepairKind.LOST, 0);
    Map<RepairKind, Integer> last = Repairs.passes(store, token);
    lost += last.getOrDefault(RepairKind.LOST, 0);
    assertTrue(taken.get() > 50, "taken out: " + taken);
    assertTrue(lost > 10 && lost <= taken.get(), lost + " put back of " + taken);
    assertTrue(Set.of(RepairKind.LOST, RepairKind.COUNT).containsAll(repaired.keySet()));
    drain();
  }
}
