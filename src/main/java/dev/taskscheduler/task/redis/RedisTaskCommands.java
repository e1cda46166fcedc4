package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.RedisTaskStore.text;
import static dev.taskscheduler.task.redis.TaskKeys.bytes;

import dev.taskscheduler.redis.Batcher;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.redis.Rights;
import dev.taskscheduler.task.Cancellation;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.RetryResult;
import dev.taskscheduler.task.StateName;
import dev.taskscheduler.task.TaskLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// The commands of users besides submissions: to cancel, to bring back, to pause. Each is a call of
/// its own and may be repeated without harm.
final class RedisTaskCommands implements AutoCloseable {
  /// One after the other: the last of a batch waits for all before it.
  private static final Batcher.Limits LIMITS =
      new Batcher.Limits(20, 4L << 20, 5_000, 64L << 20, Duration.ofSeconds(3));

  private static final LuaScript CANCEL = LuaScript.load(RedisTaskCommands.class, "cancel");
  private static final LuaScript REVIVE = LuaScript.load(RedisTaskCommands.class, "retry");
  private static final LuaScript PAUSE = LuaScript.load(RedisTaskCommands.class, "pause");
  private static final LuaScript PAUSED = LuaScript.load(RedisTaskCommands.class, "paused");

  private static final Pattern MS = Pattern.compile("\\d{1,15}");

  private record Order(String name, Supplier<Object> call) {}

  /// An answer, or the failure of this one order: others in the batch have nothing to do with it.
  private record Answer(Optional<Object> value, Optional<RedisException> failure) {}

  private final ScriptCalls calls;
  private final Rights rights;
  private final TaskKeys keys;
  private final TaskLimits limits;
  private final Batcher<Order, Answer> orders =
      new Batcher<>("redis-order", LIMITS, order -> 0, this::carryOut);

  RedisTaskCommands(ScriptCalls calls, Rights rights, TaskKeys keys, TaskLimits limits) {
    this.calls = calls;
    this.rights = rights;
    this.keys = keys;
    this.limits = limits;
  }

  CompletableFuture<Cancellation> cancel(String id) {
    return order(
            "cancel",
            () ->
                calls.eval(
                    CANCEL,
                    List.of(
                        keys.leader,
                        keys.running,
                        keys.scheduled,
                        keys.cancelled,
                        keys.cancelling,
                        keys.stale),
                    List.of(
                        bytes(id), keys.taskPrefix, keys.uniquePrefix, bytes(keys.cancelChannel))))
        .thenApply(answer -> cancellation(text((byte[]) answer)));
  }

  private static Cancellation cancellation(String answer) {
    return switch (answer) {
      case "" -> new Cancellation.Unknown();
      case "w" -> new Cancellation.Asked();
      case "xs" -> new Cancellation.Cancelled(StateName.SCHEDULED);
      case "xt" -> new Cancellation.Cancelled(StateName.RETRYING);
      case "xr" -> new Cancellation.Cancelled(StateName.READY);
      case "c" -> new Cancellation.Ended("completed");
      case "d" -> new Cancellation.Ended("dead");
      case "e" -> new Cancellation.Ended("expired");
      case "x" -> new Cancellation.Ended("cancelled");
      default -> throw new IllegalStateException("cancel.lua answered " + answer);
    };
  }

  CompletableFuture<List<RetryResult>> revive(List<String> ids) {
    List<byte[]> args = new ArrayList<>(5 + ids.size());
    args.add(keys.taskPrefix);
    args.add(keys.uniquePrefix);
    args.add(bytes(keys.wakeChannel));
    args.add(bytes(limits.maxPending()));
    args.add(keys.parkedPrefix);
    ids.forEach(id -> args.add(bytes(id)));
    List<byte[]> scriptKeys =
        keys.leaderAndReady(
            keys.scheduled, keys.running, keys.parked, keys.stale, keys.dead, keys.expired);
    return order("revive", () -> calls.eval(REVIVE, scriptKeys, args))
        .thenApply(
            answer -> ((List<?>) answer).stream().map(one -> revival(text((byte[]) one))).toList());
  }

  private static RetryResult revival(String answer) {
    return switch (answer) {
      case "w" -> RetryResult.REVIVED;
      case "" -> RetryResult.UNKNOWN;
      case "n" -> RetryResult.PENDING;
      case "c" -> RetryResult.COMPLETED;
      case "x" -> RetryResult.CANCELLED;
      case "f" -> RetryResult.QUEUE_FULL;
      case "u" -> RetryResult.NOT_UNIQUE;
      default -> throw new IllegalStateException("retry.lua answered " + answer);
    };
  }

  CompletableFuture<Boolean> pause(Pause what) {
    return pause(what, true).thenApply(done -> (Long) done == 1);
  }

  CompletableFuture<Void> resume(Pause what) {
    return pause(what, false).thenApply(done -> null);
  }

  private CompletableFuture<Object> pause(Pause what, boolean pause) {
    List<byte[]> args =
        List.of(
            bytes(what.wire()),
            bytes(pause ? 1 : 0),
            bytes(Pause.MOST),
            bytes(keys.wakeChannel),
            bytes(keys.maintenanceChannel));
    return order("pause", () -> calls.eval(PAUSE, List.of(keys.leader, keys.paused), args));
  }

  CompletableFuture<Map<Pause, Instant>> paused() {
    return order("paused", () -> calls.eval(PAUSED, List.of(keys.paused), List.of()))
        .thenApply(answer -> paused((List<?>) answer));
  }

  /// @param pairs what, and since when in ms, in turns
  static Map<Pause, Instant> paused(List<?> pairs) {
    Map<Pause, Instant> paused = new LinkedHashMap<>();
    for (int i = 0; i < pairs.size(); i += 2) {
      Instant since = since(text((byte[]) pairs.get(i + 1)));
      Pause.read(text((byte[]) pairs.get(i))).ifPresent(what -> paused.put(what, since));
    }
    return paused;
  }

  /// Where the time cannot be read it is paused all the same.
  private static Instant since(String ms) {
    return MS.matcher(ms).matches() ? Instant.ofEpochMilli(Long.parseLong(ms)) : Instant.EPOCH;
  }

  /// Carries out a user's order on a thread that nobody interrupts.
  private CompletableFuture<Object> order(String name, Supplier<Object> call) {
    return RedisTaskStore.translated(
        name,
        orders
            .add(new Order(name, call))
            .thenApply(answer -> {
              if (answer.failure.isPresent()) {
                throw answer.failure.get();
              }
              return answer.value.orElseThrow();
            }));
  }

  /// Once Redis gave no answer the rest is not sent: each would wait in vain as long as that one.
  private List<Answer> carryOut(List<Order> some) {
    List<Answer> answers = new ArrayList<>(some.size());
    Optional<RedisException> silent = Optional.empty();
    for (Order order : some) {
      if (silent.isPresent()) {
        answers.add(
            failed(
                new RedisException.Unreachable(
                    order.name + " was not sent: " + silent.get().getMessage(), silent.get())));
        continue;
      }
      try {
        rights.require();
        answers.add(new Answer(Optional.of(RedisTaskStore.again(order.call)), Optional.empty()));
      } catch (RedisException.Refused e) {
        answers.add(failed(e));
      } catch (RedisException.Raised e) {
        rights.recheck();
        answers.add(failed(e));
      } catch (RedisException e) {
        silent = Optional.of(e);
        answers.add(failed(e));
      }
    }
    return answers;
  }

  private static Answer failed(RedisException failure) {
    return new Answer(Optional.empty(), Optional.of(failure));
  }

  @Override
  public void close() {
    orders.close();
  }
}
