package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.TaskKeys.bytes;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.taskscheduler.lease.FencingToken;
import dev.taskscheduler.redis.Batcher;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.task.AttemptEnd;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Writes how attempts leave `running`: ends, and what goes back. They go in batches, in lanes of
/// their own, so that they and the claims do not hold each other up.
final class AttemptStore implements AutoCloseable {
  private static final Batcher.Limits LIMITS =
      new Batcher.Limits(500, 4L << 20, 200_000, 256L << 20, Duration.ofSeconds(3));
  private static final int OVERHEAD = 128;

  private static final LuaScript END = LuaScript.load(AttemptStore.class, "end");
  private static final LuaScript REQUEUE = LuaScript.load(AttemptStore.class, "requeue");

  private record Ending(FencingToken token, byte[] id, byte[] start, byte[] outcome) {}

  private record GoingBack(FencingToken token, byte[] id, byte[] start, long delayMs) {}

  private final ScriptCalls calls;
  private final TaskKeys keys;
  private final List<byte[]> endKeys;
  private final List<byte[]> requeueKeys;
  private final Batcher<Ending, AttemptEnd> ends;
  private final Batcher<GoingBack, Boolean> requeues;

  AttemptStore(ScriptCalls calls, TaskKeys keys) {
    this.calls = calls;
    this.keys = keys;
    endKeys =
        keys.leaderAndReady(
            keys.running,
            keys.scheduled,
            keys.done,
            keys.retained,
            keys.dead,
            keys.cancelled,
            keys.cancelling);
    requeueKeys =
        keys.leaderAndReady(keys.running, keys.scheduled, keys.cancelled, keys.cancelling);
    ends = new Batcher<>("redis-end", LIMITS, e -> OVERHEAD + e.outcome.length, this::endAll);
    requeues = new Batcher<>("redis-requeue", LIMITS, e -> OVERHEAD, this::requeueAll);
  }

  CompletableFuture<AttemptEnd> end(FencingToken token, Claim claim, Outcome outcome) {
    return RedisTaskStore.translated(
        "end",
        ends.add(
            new Ending(
                token,
                bytes(claim.id()),
                TaskRecordCodec.start(claim.attempt()),
                TaskRecordCodec.outcome(claim, outcome))));
  }

  private List<AttemptEnd> endAll(List<Ending> all) {
    return perToken(
        all, new Kind<>(Ending::token, AttemptStore::ended, AttemptEnd.REFUSED, this::sendEnds));
  }

  private Object sendEnds(FencingToken token, List<Ending> some) {
    List<byte[]> args = arguments(token, some.size());
    for (Ending end : some) {
      args.add(end.id);
      args.add(end.start);
      args.add(end.outcome);
    }
    return calls.eval(END, endKeys, args);
  }

  private List<byte[]> arguments(FencingToken token, int operations) {
    List<byte[]> args = new ArrayList<>(6 + 3 * operations);
    args.add(bytes(token.toString()));
    args.add(keys.taskPrefix);
    args.add(keys.attemptsPrefix);
    args.add(keys.uniquePrefix);
    args.add(bytes(keys.wakeChannel));
    args.add(bytes(keys.maintenanceChannel));
    return args;
  }

  private static AttemptEnd ended(Object answer) {
    String letter = new String((byte[]) answer, ISO_8859_1);
    return switch (letter) {
      case "c" -> AttemptEnd.COMPLETED;
      case "d" -> AttemptEnd.DEAD;
      case "r" -> AttemptEnd.RETRYING;
      case "x" -> AttemptEnd.CANCELLED;
      case "a" -> AttemptEnd.BEFORE;
      case "n" -> AttemptEnd.REFUSED;
      default -> throw new IllegalStateException("end.lua answered " + letter);
    };
  }

  CompletableFuture<Boolean> requeue(FencingToken token, Claim claim, Duration delay) {
    return RedisTaskStore.translated(
        "requeue",
        requeues.add(
            new GoingBack(
                token,
                bytes(claim.id()),
                TaskRecordCodec.start(claim.attempt()),
                delay.toMillis())));
  }

  private List<Boolean> requeueAll(List<GoingBack> all) {
    return perToken(
        all, new Kind<>(GoingBack::token, answer -> (Long) answer == 1, false, this::sendBack));
  }

  private Object sendBack(FencingToken token, List<GoingBack> some) {
    List<byte[]> args = arguments(token, some.size());
    for (GoingBack back : some) {
      args.add(back.id);
      args.add(back.start);
      args.add(bytes(back.delayMs));
    }
    return calls.eval(REQUEUE, requeueKeys, args);
  }

  /// How a kind of write is sent and its answer read.
  ///
  /// @param lost what is answered under a leadership that has ended: nobody waits for it
  private record Kind<Q, A>(
      Function<Q, FencingToken> token, Function<Object, A> read, A lost, TokenCall<Q> call) {
    List<A> answers(FencingToken under, List<Q> operations) {
      return ((List<?>) call.call(under, operations))
          .stream().map(answer -> read.apply(Objects.requireNonNull(answer))).toList();
    }
  }

  private interface TokenCall<Q> {
    Object call(FencingToken token, List<Q> operations);
  }

  /// A batch may hold operations of two leaderships of this node, one after the other: each goes
  /// under its own token, and what one is answered (such as FENCED) is no answer to the other.
  private static <Q, A> List<A> perToken(List<Q> all, Kind<Q, A> kind) {
    FencingToken first = kind.token.apply(all.getFirst());
    boolean single = all.stream().allMatch(q -> kind.token.apply(q).equals(first));
    if (single) {
      return kind.answers(first, all);
    }
    Map<String, List<Integer>> byToken = new TreeMap<>();
    for (int i = 0; i < all.size(); i++) {
      byToken
          .computeIfAbsent(kind.token.apply(all.get(i)).toString(), t -> new ArrayList<>())
          .add(i);
    }
    List<A> answers = new ArrayList<>(Collections.nCopies(all.size(), kind.lost));
    byToken.forEach((token, places) -> {
      try {
        List<A> some =
            kind.answers(FencingToken.parse(token), places.stream().map(all::get).toList());
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

  @Override
  public void close() {
    ends.close();
    requeues.close();
  }
}
