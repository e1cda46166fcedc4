package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.TaskKeys.bytes;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.taskscheduler.lease.FencingToken;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.redis.Subscription;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.ClaimStore;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.PriorityShares;
import dev.taskscheduler.task.RepairPass;
import dev.taskscheduler.task.TaskLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The leader's calls. Ends and what goes back are sent in batches, in lanes of their own, so that
/// they and the claims do not hold each other up.
public final class RedisClaimStore implements ClaimStore, AutoCloseable {
  private static final int MOST = 500;
  private static final long MOST_BYTES = 4L << 20;
  private static final Duration SECOND_CRASH_DELAY = Duration.ofSeconds(5);
  private static final Duration LONGEST_CRASH_DELAY = Duration.ofMinutes(5);
  private static final Duration LONGEST_UNTIL_DUE = Duration.ofHours(1);

  private static final LuaScript CLAIM = LuaScript.load(RedisClaimStore.class, "claim");
  private static final LuaScript BAR = LuaScript.load(RedisClaimStore.class, "bar-claims");
  private static final LuaScript HELD = LuaScript.load(RedisClaimStore.class, "scan-running");
  private static final LuaScript FETCH = LuaScript.load(RedisClaimStore.class, "reclaimed");
  private static final LuaScript ENTER = LuaScript.load(RedisClaimStore.class, "record-leader");
  private static final LuaScript RECOVER = LuaScript.load(RedisClaimStore.class, "recover");
  private static final LuaScript PROMOTE = LuaScript.load(RedisClaimStore.class, "promote");
  private static final LuaScript UNPARK = LuaScript.load(RedisClaimStore.class, "unpark");
  private static final LuaScript CANCELLING = LuaScript.load(RedisClaimStore.class, "cancelling");
  private static final LuaScript TRIM = LuaScript.load(RedisClaimStore.class, "clean");

  private final ScriptCalls calls;
  private final TaskKeys keys;
  private final byte[] wakeChannel;
  private final TaskLimits limits;
  private final AttemptStore writes;
  private final Subscription wake;
  private final Subscription care;
  private final Subscription cancel;
  private final Subscription damaged;
  private final Duration mayComeAgain;
  private volatile Runnable hint = () -> {};
  private volatile Runnable maintenanceHint = () -> {};
  private volatile Runnable cancelHint = () -> {};
  private volatile Runnable damageHint = () -> {};

  /// @param redis a pool of at least four connections, not closed by this store
  public RedisClaimStore(Redis redis, Namespace namespace, TaskLimits limits) {
    this(redis, namespace, limits, Submissions.MAY_COME_AGAIN);
  }

  /// @param mayComeAgain for how long nothing is removed after its submission and after its end
  RedisClaimStore(Redis redis, Namespace namespace, TaskLimits limits, Duration mayComeAgain) {
    this.mayComeAgain = mayComeAgain;
    this.keys = new TaskKeys(namespace);
    this.calls = new ScriptCalls(redis, keys);
    this.wakeChannel = bytes(keys.wakeChannel);
    this.limits = limits;
    this.writes = new AttemptStore(calls, keys);
    this.wake = redis.subscribe(keys.wakeChannel, () -> hint.run());
    this.care = redis.subscribe(keys.maintenanceChannel, () -> maintenanceHint.run());
    this.cancel = redis.subscribe(keys.cancelChannel, () -> cancelHint.run());
    this.damaged = redis.subscribe(keys.damagedChannel, () -> damageHint.run());
  }

  @Override
  public void whenReady(Runnable newHint) {
    hint = newHint;
  }

  @Override
  public void whenCareIsDue(Runnable newHint) {
    maintenanceHint = newHint;
  }

  @Override
  public void whenCancelling(Runnable newHint) {
    cancelHint = newHint;
  }

  @Override
  public void whenSetAside(Runnable newHint) {
    damageHint = newHint;
  }

  @Override
  public Claimed claim(FencingToken token, long sequence, int limit, PriorityShares order) {
    return claimed(blocking("claim", () -> claimNow(token, sequence, limit, order, false)));
  }

  @Override
  public Optional<Claimed> claimFirst(
      FencingToken token, long sequence, int limit, PriorityShares order) {
    List<?> answer = blocking("claim", () -> claimNow(token, sequence, limit, order, true));
    return answer.isEmpty() ? Optional.empty() : Optional.of(claimed(answer));
  }

  private List<?> claimNow(
      FencingToken token, long sequence, int limit, PriorityShares order, boolean first) {
    return (List<?>)
        calls.eval(
            CLAIM,
            keys.leaderAndReady(
                keys.running, keys.paused, keys.parked, keys.stale, keys.expired, keys.leaders),
            List.of(
                bytes(token.toString()),
                bytes(sequence),
                bytes(limit),
                bytes(MOST_BYTES),
                keys.taskPrefix,
                keys.parkedPrefix,
                keys.uniquePrefix,
                wakeChannel,
                bytes(order.high()),
                bytes(order.medium()),
                bytes(order.low()),
                bytes(order.ageing().toMillis()),
                bytes(first ? 1 : 0)));
  }

  private Claimed claimed(List<?> answer) {
    Instant claimedAt = TaskRecordCodec.ofMicros(Long.parseLong(text(answer.getFirst())));
    if ((Long) answer.get(1) == 1) {
      hint.run(); // a bound of the call cut it short: what is still ready waits for the next one
    }
    List<Claim> claimed = new ArrayList<>(answer.size() / 2);
    List<String> unreadable = new ArrayList<>();
    for (int i = 3; i < answer.size(); i += 2) {
      String id = text(answer.get(i));
      byte[] record = (byte[]) answer.get(i + 1);
      TaskRecordCodec.read(record, whole -> whole.claim(id, claimedAt))
          .ifPresentOrElse(claimed::add, () -> unreadable.add('f' + id));
    }
    setAside(unreadable);
    return new Claimed(claimed, number(answer.get(2)));
  }

  /// What cannot be read must not stay in `running`, and is no reason to give the rest up.
  private void setAside(List<String> marked) {
    if (!marked.isEmpty()) {
      blocking("set-aside", () -> calls.setAside(marked));
    }
  }

  @Override
  public List<Claim> reconcile(FencingToken token, long sequence, Map<String, Integer> known) {
    return blocking(
        "reconcile",
        () -> {
          calls.eval(BAR, List.of(keys.leader), List.of(bytes(token.toString()), bytes(sequence)));
          Set<String> unknown = new LinkedHashSet<>(); // a scan may show an id twice
          forEachRunning(
              token,
              (id, running) -> {
                if (running.token().equals(token.toString())
                    && !Integer.valueOf(running.attempt()).equals(known.get(id))) {
                  unknown.add(id);
                }
              });
          return fetch(token, List.copyOf(unknown));
        });
  }

  private void forEachRunning(
      FencingToken token, BiConsumer<String, TaskRecordCodec.Running> each) {
    String cursor = "0";
    boolean unreadable = false;
    do {
      List<?> page =
          (List<?>)
              calls.eval(
                  HELD,
                  List.of(keys.leader, keys.running),
                  List.of(bytes(token.toString()), bytes(cursor), bytes(MOST)));
      cursor = text(page.getFirst());
      for (int i = 1; i < page.size(); i += 2) {
        Optional<TaskRecordCodec.Running> running =
            TaskRecordCodec.Running.parse(text(page.get(i + 1)));
        String id = text(page.get(i));
        running.ifPresent(value -> each.accept(id, value));
        unreadable |= running.isEmpty();
      }
    } while (!cursor.equals("0"));
    if (unreadable) {
      calls.setAside(List.of());
    }
  }

  private List<Claim> fetch(FencingToken token, List<String> ids) {
    List<Claim> fetched = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    int next = 0;
    while (next < ids.size()) {
      List<byte[]> args =
          new ArrayList<>(List.of(bytes(token.toString()), bytes(MOST_BYTES), keys.taskPrefix));
      ids.subList(next, Math.min(next + MOST, ids.size())).forEach(id -> args.add(bytes(id)));
      List<?> answer = (List<?>) calls.eval(FETCH, List.of(keys.leader, keys.running), args);
      for (int i = 1; i < answer.size(); i += 3) {
        String id = text(answer.get(i));
        byte[] record = (byte[]) answer.get(i + 2);
        TaskRecordCodec.Running.parse(text(answer.get(i + 1)))
            .flatMap(running ->
                TaskRecordCodec.read(
                    record, whole -> whole.claim(id, running.attempt(), running.startedAt())))
            .ifPresentOrElse(fetched::add, () -> unreadable.add('f' + id));
      }
      next += (int) (long) (Long) answer.getFirst();
    }
    setAside(unreadable);
    return fetched;
  }

  @Override
  public CompletableFuture<AttemptEnd> end(FencingToken token, Claim claim, Outcome outcome) {
    return writes.end(token, claim, outcome);
  }

  @Override
  public CompletableFuture<Boolean> requeue(FencingToken token, Claim claim, Duration delay) {
    return writes.requeue(token, claim, delay);
  }

  @Override
  public void enter(FencingToken token) {
    blocking(
        "enter",
        () ->
            calls.eval(
                ENTER, List.of(keys.leader, keys.leaders), List.of(bytes(token.toString()))));
  }

  @Override
  public Recovered recover(FencingToken token) {
    return blocking(
        "recover",
        () -> {
          List<String> foreign = new ArrayList<>();
          forEachRunning(
              token,
              (id, running) -> {
                if (!running.token().equals(token.toString())) {
                  foreign.add(id);
                }
              });
          foreign.sort(
              Comparator
                  .reverseOrder()); // ids are time-ordered: the oldest is pushed last, to the very
          // front
          int again = 0;
          int dead = 0;
          int cancelled = 0;
          for (int i = 0; i < foreign.size(); i += MOST) {
            List<?> answer =
                (List<?>)
                    recoverSome(token, foreign.subList(i, Math.min(i + MOST, foreign.size())));
            again += number(answer.get(0));
            dead += number(answer.get(1));
            cancelled += number(answer.get(2));
          }
          return new Recovered(again, dead, cancelled);
        });
  }

  private Object recoverSome(FencingToken token, List<String> ids) {
    List<byte[]> args = new ArrayList<>(8 + ids.size());
    args.add(bytes(token.toString()));
    args.add(keys.taskPrefix);
    args.add(keys.attemptsPrefix);
    args.add(keys.uniquePrefix);
    args.add(wakeChannel);
    args.add(bytes(limits.maxAttempts()));
    args.add(bytes(SECOND_CRASH_DELAY.toMillis()));
    args.add(bytes(LONGEST_CRASH_DELAY.toMillis()));
    ids.forEach(id -> args.add(bytes(id)));
    List<byte[]> scriptKeys =
        keys.leaderAndReady(
            keys.running, keys.scheduled, keys.dead, keys.cancelled, keys.cancelling);
    return calls.eval(RECOVER, scriptKeys, args);
  }

  @Override
  public Promoted promote(FencingToken token, int limit) {
    return blocking(
        "promote",
        () -> {
          List<?> answer =
              (List<?>)
                  calls.eval(
                      PROMOTE,
                      keys.leaderAndReady(keys.scheduled),
                      List.of(bytes(token.toString()), keys.taskPrefix, wakeChannel, bytes(limit)));
          long nextMs = (Long) answer.get(1);
          Duration next = nextMs < 0 ? LONGEST_UNTIL_DUE : Duration.ofMillis(nextMs);
          return new Promoted(
              number(answer.get(0)),
              next.compareTo(LONGEST_UNTIL_DUE) < 0 ? next : LONGEST_UNTIL_DUE);
        });
  }

  @Override
  public int unpark(FencingToken token, int limit) {
    return blocking(
        "unpark",
        () ->
            number(
                calls.eval(
                    UNPARK,
                    keys.leaderAndReady(keys.paused, keys.parked, keys.stale),
                    List.of(
                        bytes(token.toString()),
                        keys.taskPrefix,
                        keys.parkedPrefix,
                        wakeChannel,
                        bytes(limit)))));
  }

  @Override
  public List<String> cancelling(FencingToken token) {
    return blocking(
        "cancelling",
        () ->
            ((List<?>)
                    calls.eval(
                        CANCELLING,
                        List.of(keys.leader, keys.cancelling, keys.running),
                        List.of(bytes(token.toString()))))
                .stream().map(RedisClaimStore::text).toList());
  }

  @Override
  public int trim(FencingToken token, int limit) {
    return blocking(
        "trim",
        () ->
            number(
                calls.eval(
                    TRIM,
                    List.of(
                        keys.leader,
                        keys.done,
                        keys.retained,
                        keys.dead,
                        keys.expired,
                        keys.cancelled),
                    List.of(
                        bytes(token.toString()),
                        keys.taskPrefix,
                        keys.attemptsPrefix,
                        bytes(limit),
                        bytes(limits.retention().toMillis()),
                        bytes(limits.maxFinished()),
                        bytes(limits.maxDead()),
                        bytes(mayComeAgain.toMillis())))));
  }

  @Override
  public RepairPass repair(FencingToken token) {
    return new RedisRepairs(calls, keys, limits.retention(), token);
  }

  private static int number(@Nullable Object answer) {
    return Math.toIntExact((Long) Objects.requireNonNull(answer));
  }

  private static <T> T blocking(String operation, Supplier<T> call) {
    try {
      return call.get();
    } catch (RedisException e) {
      throw StoreExceptions.translate(operation, e);
    }
  }

  private static String text(@Nullable Object bytes) {
    return bytes instanceof byte[] b ? new String(b, ISO_8859_1) : String.valueOf(bytes);
  }

  @Override
  public void close() {
    wake.close();
    care.close();
    cancel.close();
    damaged.close();
    writes.close();
  }
}
