package dev.taskscheduler.task.redis;

import static dev.taskscheduler.redis.ScriptArgs.bytes;
import static dev.taskscheduler.task.redis.ScriptCalls.text;
import static dev.taskscheduler.task.redis.StoreExceptions.blocking;

import dev.taskscheduler.redis.Batcher;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.redis.Subscription;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.PriorityShares;
import dev.taskscheduler.task.TaskLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/// Claims tasks for the leader and records how their attempts leave `running`. Ends and requeues
/// are sent in batches, in lanes of their own, so that they and the claims do not hold each other
/// up.
final class RedisClaims implements Claims, AutoCloseable {
  /// Bytes of records in one answer.
  static final long MOST_BYTES = 4L << 20;

  private static final int MOST = 500;
  private static final int OVERHEAD = 128;
  private static final Batcher.Limits LIMITS =
      new Batcher.Limits(MOST, MOST_BYTES, 200_000, 256L << 20, RedisTasks.LONGEST_WAIT);
  private static final Duration SECOND_CRASH_DELAY = Duration.ofSeconds(5);
  private static final Duration LONGEST_CRASH_DELAY = Duration.ofMinutes(5);

  private static final LuaScript CLAIM = LuaScript.load(RedisClaims.class, "claim");
  private static final LuaScript BAR = LuaScript.load(RedisClaims.class, "bar-claims");
  private static final LuaScript RECORD_LEADER = LuaScript.load(RedisClaims.class, "record-leader");
  private static final LuaScript RECOVER = LuaScript.load(RedisClaims.class, "recover");
  private static final LuaScript END = LuaScript.load(RedisClaims.class, "end");
  private static final LuaScript REQUEUE = LuaScript.load(RedisClaims.class, "requeue");

  /// An attempt that leaves `running`, as both scripts take it.
  ///
  /// @param how the outcome of an end, or the delay of a requeue in ms
  private record Leaving(FencingToken token, String id, int attempt, byte[] how) {}

  private final Redis redis;
  private final ScriptCalls calls;
  private final Namespace namespace;
  private final TaskLimits limits;
  private final Batcher<Leaving, AttemptEnd> ends =
      new Batcher<>("redis-end", LIMITS, e -> OVERHEAD + e.how.length, this::endAll);
  private final Batcher<Leaving, Boolean> requeues =
      new Batcher<>("redis-requeue", LIMITS, e -> OVERHEAD, this::requeueAll);
  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

  RedisClaims(Redis redis, ScriptCalls calls, Namespace namespace, TaskLimits limits) {
    this.redis = redis;
    this.calls = calls;
    this.namespace = namespace;
    this.limits = limits;
  }

  @Override
  public void listen(Consumer<Signal> listener) {
    for (Signal signal : Signal.values()) {
      String channel =
          switch (signal) {
            case READY -> "wake";
            case DUE -> "maintenance";
            case CANCEL -> "cancel";
            case SET_ASIDE -> "damaged";
          };
      subscriptions.add(redis.subscribe(namespace.text(channel), () -> listener.accept(signal)));
    }
  }

  @Override
  public void recordLeader(FencingToken token) {
    blocking("record-leader", () -> calls.eval(RECORD_LEADER, token));
  }

  @Override
  public Claimed claim(FencingToken token, long sequence, int limit, PriorityShares shares) {
    return blocking("claim", () -> claimed(claim(token, sequence, limit, shares, false)));
  }

  @Override
  public Optional<Claimed> claimFirst(
      FencingToken token, long sequence, int limit, PriorityShares shares) {
    return blocking(
        "claim",
        () -> {
          List<?> answer = claim(token, sequence, limit, shares, true);
          return answer.isEmpty() ? Optional.empty() : Optional.of(claimed(answer));
        });
  }

  private List<?> claim(
      FencingToken token, long sequence, int limit, PriorityShares shares, boolean first) {
    return calls.list(
        CLAIM,
        token,
        sequence,
        limit,
        MOST_BYTES,
        List.of(shares.high(), shares.medium(), shares.low()),
        shares.ageing().toMillis(),
        first ? 1 : 0);
  }

  /// What cannot be read must not stay in `running`, and is no reason to give the rest up.
  private Claimed claimed(List<?> answer) {
    Instant claimedAt = TaskRecordCodec.ofMicros(Long.parseLong(text(answer.getFirst())));
    List<Claim> claims = new ArrayList<>(answer.size() / 3);
    List<ScriptCalls.Suspect> unreadable = new ArrayList<>();
    for (int i = 3; i < answer.size(); i += 3) {
      String id = text(answer.get(i));
      byte[] record = (byte[]) answer.get(i + 1);
      String defaults = text(answer.get(i + 2));
      TaskRecordCodec.read(record, whole -> whole.claim(id, claimedAt, defaults))
          .ifPresentOrElse(
              claims::add, () -> unreadable.add(new ScriptCalls.Suspect("unreadable", id)));
    }
    if (!unreadable.isEmpty()) {
      calls.setAside(unreadable);
    }
    return new Claimed(claims, number(answer.get(2)), number(answer.get(1)) == 1);
  }

  @Override
  public List<Claim> reconcile(FencingToken token, long sequence, Map<String, Integer> known) {
    return blocking(
        "reconcile",
        () -> {
          calls.eval(BAR, token, sequence);
          RunningTasks running = new RunningTasks(calls, token);
          return running.claims(
              List.copyOf(
                  running.ids((id, now) ->
                      now.token().equals(token.toString())
                          && !Integer.valueOf(now.attempt()).equals(known.get(id)))));
        });
  }

  @Override
  public Recovered recover(FencingToken token) {
    return blocking(
        "recover",
        () -> {
          RunningTasks running = new RunningTasks(calls, token);
          List<String> foreign =
              running.ids((id, now) -> !now.token().equals(token.toString())).stream()
                  // ids are time-ordered: the oldest is pushed last, to the very front
                  .sorted(Comparator.reverseOrder())
                  .toList();
          int[] sums = new int[3];
          for (int i = 0; i < foreign.size(); i += MOST) {
            List<?> answer = recover(token, foreign.subList(i, Math.min(i + MOST, foreign.size())));
            for (int sum = 0; sum < sums.length; sum++) {
              sums[sum] += number(answer.get(sum));
            }
          }
          return new Recovered(sums[0], sums[1], sums[2]);
        });
  }

  private List<?> recover(FencingToken token, List<String> ids) {
    long delay = SECOND_CRASH_DELAY.toMillis();
    long longest = LONGEST_CRASH_DELAY.toMillis();
    StringBuilder most = new StringBuilder().append(limits.maxAttempts());
    limits
        .maxAttemptsByType()
        .forEach((type, attempts) -> most.append(" " + type + "=" + attempts));
    return calls.list(RECOVER, token, most.toString(), delay, longest, ids);
  }

  @Override
  public CompletableFuture<AttemptEnd> end(FencingToken token, Claim claim, Outcome outcome) {
    byte[] how = TaskRecordCodec.outcome(claim, outcome);
    return StoreExceptions.translated(
        "end", ends.add(new Leaving(token, claim.id(), claim.attempt(), how)));
  }

  private List<AttemptEnd> endAll(List<Leaving> all) {
    return perToken(END, all, RedisClaims::ended, AttemptEnd.REFUSED);
  }

  private static AttemptEnd ended(Object answer) {
    return AttemptEnd.valueOf(text(answer).toUpperCase(Locale.ROOT));
  }

  @Override
  public CompletableFuture<Boolean> requeue(FencingToken token, Claim claim, Duration delay) {
    byte[] how = bytes(delay.toMillis());
    return StoreExceptions.translated(
        "requeue", requeues.add(new Leaving(token, claim.id(), claim.attempt(), how)));
  }

  private List<Boolean> requeueAll(List<Leaving> all) {
    return perToken(REQUEUE, all, answer -> number(answer) == 1, false);
  }

  /// A batch may hold attempts of two leaderships of this node: each goes under its own token, and
  /// what one is answered (such as FENCED) is no answer to the other.
  ///
  /// @param lost the answer under a leadership that has ended: nobody waits for it
  private <A> List<A> perToken(
      LuaScript script, List<Leaving> all, Function<Object, A> read, A lost) {
    List<A> answers = new ArrayList<>(all.size());
    while (answers.size() < all.size()) {
      int from = answers.size();
      FencingToken token = all.get(from).token;
      int to = from;
      while (to < all.size() && all.get(to).token.equals(token)) {
        to++;
      }
      List<Leaving> some = all.subList(from, to);
      try {
        calls.list(script, arguments(token, some)).forEach(one -> answers.add(read.apply(one)));
      } catch (RedisException.Refused e) {
        if (!e.code().equals("FENCED") || some.size() == all.size()) {
          throw e;
        }
        answers.addAll(Collections.nCopies(some.size(), lost));
      }
    }
    return answers;
  }

  private List<byte[]> arguments(FencingToken token, List<Leaving> all) {
    List<byte[]> args = new ArrayList<>(1 + 3 * all.size());
    args.add(bytes(token));
    for (Leaving one : all) {
      args.add(bytes(one.id));
      args.add(TaskRecordCodec.start(one.attempt));
      args.add(one.how);
    }
    return args;
  }

  private static int number(Object answer) {
    return Integer.parseInt(text(answer));
  }

  @Override
  public void close() {
    subscriptions.forEach(Subscription::close);
    ends.close();
    requeues.close();
  }
}
