package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.TaskKeys.bytes;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.taskscheduler.fence.FencingToken;
import dev.taskscheduler.redis.Batcher;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.redis.Subscription;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.ClaimStore;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.TaskLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The leader's calls. Ends and what goes back are sent in batches, in lanes of their own, so that
/// they and the claims do not hold each other up.
public final class RedisClaimStore implements ClaimStore, AutoCloseable {
  private static final int MOST = 500;
  private static final long MOST_BYTES = 4L << 20;
  private static final Batcher.Limits ENDS =
      new Batcher.Limits(MOST, MOST_BYTES, 200_000, 256L << 20, Duration.ofSeconds(3));
  private static final Duration SECOND_CRASH_DELAY = Duration.ofSeconds(5);
  private static final Duration LONGEST_CRASH_DELAY = Duration.ofMinutes(5);
  private static final Duration LONGEST_UNTIL_DUE = Duration.ofHours(1);

  private static final LuaScript CLAIM = LuaScript.load(RedisClaimStore.class, "claim");
  private static final LuaScript BAR = LuaScript.load(RedisClaimStore.class, "bar");
  private static final LuaScript HELD = LuaScript.load(RedisClaimStore.class, "held");
  private static final LuaScript FETCH = LuaScript.load(RedisClaimStore.class, "fetch");
  private static final LuaScript END = LuaScript.load(RedisClaimStore.class, "end");
  private static final LuaScript REQUEUE = LuaScript.load(RedisClaimStore.class, "requeue");
  private static final LuaScript RECOVER = LuaScript.load(RedisClaimStore.class, "recover");
  private static final LuaScript PROMOTE = LuaScript.load(RedisClaimStore.class, "promote");
  private static final LuaScript TRIM = LuaScript.load(RedisClaimStore.class, "trim");

  private record AttemptEnd(FencingToken token, byte[] id, byte[] start, byte[] outcome) {}

  private record GoingBack(FencingToken token, String id, byte[] start, long delayMs) {}

  private final Redis redis;
  private final TaskKeys keys;
  private final TaskLimits limits;
  private final Batcher<AttemptEnd, Boolean> ends;
  private final Batcher<GoingBack, Boolean> requeues;
  private final Subscription wake;
  private final Subscription care;
  private volatile Runnable hint = () -> {};
  private volatile Runnable careHint = () -> {};

  /// @param redis a pool of at least four connections, not closed by this store
  public RedisClaimStore(Redis redis, Namespace namespace, TaskLimits limits) {
    this.redis = redis;
    this.keys = new TaskKeys(namespace);
    this.limits = limits;
    this.ends = new Batcher<>("redis-end", ENDS, e -> 128 + e.outcome.length, this::endAll);
    this.requeues = new Batcher<>("redis-requeue", ENDS, e -> 128, this::requeueAll);
    this.wake = redis.subscribe(keys.wakeChannel, () -> hint.run());
    this.care = redis.subscribe(keys.careChannel, () -> careHint.run());
  }

  @Override
  public void whenReady(Runnable newHint) {
    hint = newHint;
  }

  @Override
  public void whenCareIsDue(Runnable newHint) {
    careHint = newHint;
  }

  @Override
  public List<Claim> claim(FencingToken token, long sequence, int limit) {
    return blocking("claim", () -> claimNow(token, sequence, limit));
  }

  private List<Claim> claimNow(FencingToken token, long sequence, int limit) {
    List<?> answer =
        (List<?>)
            redis.eval(
                CLAIM,
                keys.fenceAndReady(keys.running),
                List.of(
                    bytes(token.toString()),
                    bytes(sequence),
                    bytes(limit),
                    bytes(MOST_BYTES),
                    keys.taskPrefix));
    Instant claimedAt = TaskRecord.ofMicros(Long.parseLong(text(answer.getFirst())));
    if ((Long) answer.get(1) == 1) {
      hint.run(); // a bound of the call cut it short: what is still ready waits for the next one
    }
    List<Claim> claimed = new ArrayList<>(answer.size() / 2);
    for (int i = 2; i < answer.size(); i += 2) {
      claimed.add(new TaskRecord((byte[]) answer.get(i + 1)).claim(text(answer.get(i)), claimedAt));
    }
    return claimed;
  }

  @Override
  public List<Claim> reconcile(FencingToken token, long sequence, Set<String> known) {
    return blocking(
        "reconcile",
        () -> {
          redis.eval(BAR, List.of(keys.fence), List.of(bytes(token.toString()), bytes(sequence)));
          Set<String> unknown = new LinkedHashSet<>(); // a scan may show an id twice
          forEachRunning(
              token,
              (id, running) -> {
                if (running.token().equals(token.toString()) && !known.contains(id)) {
                  unknown.add(id);
                }
              });
          return fetch(token, List.copyOf(unknown));
        });
  }

  private void forEachRunning(FencingToken token, BiConsumer<String, TaskRecord.Running> each) {
    String cursor = "0";
    do {
      List<?> page =
          (List<?>)
              redis.eval(
                  HELD,
                  List.of(keys.fence, keys.running),
                  List.of(bytes(token.toString()), bytes(cursor), bytes(MOST)));
      cursor = text(page.getFirst());
      for (int i = 1; i < page.size(); i += 2) {
        each.accept(text(page.get(i)), TaskRecord.Running.parse(text(page.get(i + 1))));
      }
    } while (!cursor.equals("0"));
  }

  private List<Claim> fetch(FencingToken token, List<String> ids) {
    List<Claim> fetched = new ArrayList<>();
    int next = 0;
    while (next < ids.size()) {
      List<byte[]> args =
          new ArrayList<>(List.of(bytes(token.toString()), bytes(MOST_BYTES), keys.taskPrefix));
      ids.subList(next, Math.min(next + MOST, ids.size())).forEach(id -> args.add(bytes(id)));
      List<?> answer = (List<?>) redis.eval(FETCH, List.of(keys.fence, keys.running), args);
      for (int i = 1; i < answer.size(); i += 3) {
        var running = TaskRecord.Running.parse(text(answer.get(i + 1)));
        TaskRecord record = new TaskRecord((byte[]) answer.get(i + 2));
        fetched.add(record.claim(text(answer.get(i)), running.attempt(), running.startedAt()));
      }
      next += (int) (long) (Long) answer.getFirst();
    }
    return fetched;
  }

  @Override
  public CompletableFuture<Boolean> end(FencingToken token, Claim claim, Outcome outcome) {
    return translated(
        "end",
        ends.add(
            new AttemptEnd(
                token,
                bytes(claim.id()),
                TaskRecord.start(claim.attempt()),
                TaskRecord.outcome(outcome))));
  }

  private List<Boolean> endAll(List<AttemptEnd> all) {
    return perToken(
        all,
        AttemptEnd::token,
        (token, some) -> {
          List<byte[]> args = new ArrayList<>(2 + 3 * some.size());
          args.add(bytes(token.toString()));
          args.add(keys.taskPrefix);
          for (AttemptEnd end : some) {
            args.add(end.id);
            args.add(end.start);
            args.add(end.outcome);
          }
          return redis.eval(END, List.of(keys.fence, keys.running, keys.done, keys.dead), args);
        });
  }

  @Override
  public CompletableFuture<Boolean> requeue(FencingToken token, Claim claim, Duration delay) {
    return translated(
        "requeue",
        requeues.add(
            new GoingBack(token, claim.id(), TaskRecord.start(claim.attempt()), delay.toMillis())));
  }

  private List<Boolean> requeueAll(List<GoingBack> all) {
    return perToken(
        all,
        GoingBack::token,
        (token, some) -> {
          List<byte[]> args = new ArrayList<>(3 + 3 * some.size());
          args.add(bytes(token.toString()));
          args.add(keys.taskPrefix);
          args.add(bytes(keys.wakeChannel));
          for (GoingBack back : some) {
            args.add(bytes(back.id));
            args.add(back.start);
            args.add(bytes(back.delayMs));
          }
          return redis.eval(REQUEUE, keys.fenceAndReady(keys.running, keys.scheduled), args);
        });
  }

  private interface TokenCall<Q> {
    Object call(FencingToken token, List<Q> operations);
  }

  /// A batch may hold operations of two leaderships of this node, one after the other: each goes
  /// under its own token, and what one is answered (such as FENCED) is no answer to the other.
  private static <Q> List<Boolean> perToken(
      List<Q> all, Function<Q, FencingToken> tokenOf, TokenCall<Q> call) {
    FencingToken first = tokenOf.apply(all.getFirst());
    boolean single = all.stream().allMatch(q -> tokenOf.apply(q).equals(first));
    if (single) {
      return booleans(call.call(first, all));
    }
    Map<String, List<Integer>> byToken = new TreeMap<>();
    for (int i = 0; i < all.size(); i++) {
      byToken.computeIfAbsent(tokenOf.apply(all.get(i)).toString(), t -> new ArrayList<>()).add(i);
    }
    List<Boolean> answers = new ArrayList<>(Collections.nCopies(all.size(), false));
    byToken.forEach((token, places) -> {
      try {
        List<Boolean> some =
            booleans(call.call(FencingToken.parse(token), places.stream().map(all::get).toList()));
        for (int i = 0; i < places.size(); i++) {
          answers.set(places.get(i), some.get(i));
        }
      } catch (RedisException.Refused e) {
        if (!e.code().equals("FENCED")) {
          throw e;
        }
        // Not recorded: the older leadership has ended, and nobody waits for its answer.
      }
    });
    return answers;
  }

  private static List<Boolean> booleans(Object answer) {
    List<Boolean> booleans = new ArrayList<>();
    for (Object one : (List<?>) answer) {
      booleans.add((Long) one == 1);
    }
    return booleans;
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
          for (int i = 0; i < foreign.size(); i += MOST) {
            List<?> answer =
                (List<?>)
                    recoverSome(token, foreign.subList(i, Math.min(i + MOST, foreign.size())));
            again += (int) (long) (Long) answer.get(0);
            dead += (int) (long) (Long) answer.get(1);
          }
          return new Recovered(again, dead);
        });
  }

  private Object recoverSome(FencingToken token, List<String> ids) {
    List<byte[]> args = new ArrayList<>(5 + ids.size());
    args.add(bytes(token.toString()));
    args.add(keys.taskPrefix);
    args.add(bytes(limits.maxAttempts()));
    args.add(bytes(SECOND_CRASH_DELAY.toMillis()));
    args.add(bytes(LONGEST_CRASH_DELAY.toMillis()));
    ids.forEach(id -> args.add(bytes(id)));
    return redis.eval(RECOVER, keys.fenceAndReady(keys.running, keys.scheduled, keys.dead), args);
  }

  @Override
  public Promoted promote(FencingToken token, int limit) {
    return blocking(
        "promote",
        () -> {
          List<?> answer =
              (List<?>)
                  redis.eval(
                      PROMOTE,
                      keys.fenceAndReady(keys.scheduled),
                      List.of(
                          bytes(token.toString()),
                          keys.taskPrefix,
                          bytes(keys.wakeChannel),
                          bytes(limit)));
          long nextMs = (Long) answer.get(1);
          Duration next = nextMs < 0 ? LONGEST_UNTIL_DUE : Duration.ofMillis(nextMs);
          return new Promoted(
              (int) (long) (Long) answer.get(0),
              next.compareTo(LONGEST_UNTIL_DUE) < 0 ? next : LONGEST_UNTIL_DUE);
        });
  }

  @Override
  public int trim(FencingToken token, int limit) {
    return blocking(
        "trim",
        () ->
            (int)
                (long)
                    (Long)
                        redis.eval(
                            TRIM,
                            List.of(keys.fence, keys.done, keys.dead),
                            List.of(
                                bytes(token.toString()),
                                keys.taskPrefix,
                                bytes(limit),
                                bytes(limits.retention().toMillis()),
                                bytes(limits.maxFinished()),
                                bytes(limits.maxDead()))));
  }

  private static <T> T blocking(String operation, Supplier<T> call) {
    try {
      return call.get();
    } catch (RedisException e) {
      throw Failures.translate(operation, e);
    }
  }

  private static <T> CompletableFuture<T> translated(
      String operation, CompletableFuture<T> answer) {
    return answer.exceptionallyCompose(
        e -> CompletableFuture.failedFuture(Failures.translate(operation, e)));
  }

  private static String text(@Nullable Object bytes) {
    return bytes instanceof byte[] b ? new String(b, ISO_8859_1) : String.valueOf(bytes);
  }

  @Override
  public void close() {
    wake.close();
    care.close();
    ends.close();
    requeues.close();
  }
}
