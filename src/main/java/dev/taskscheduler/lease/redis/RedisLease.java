package dev.taskscheduler.lease.redis;

import dev.taskscheduler.lease.Acquisition;
import dev.taskscheduler.lease.Lease;
import dev.taskscheduler.lease.LeaseException;
import dev.taskscheduler.lease.LeaseRequest;
import dev.taskscheduler.lease.LeaseState;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.redis.Rights;
import dev.taskscheduler.redis.ScriptArgs;
import dev.taskscheduler.redis.StoreFormat;
import dev.taskscheduler.spi.FencingToken;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The lease, kept as a hash in Redis. Safe for use by several threads at once.
///
/// Give it a pool of its own with three connections or more, so that a renewal never waits behind
/// an observation or behind a renewal that hangs, and with a timeout of a quarter of the trust or
/// less, so that one lost answer does not end a leadership.
public final class RedisLease implements Lease {
  private static final LuaScript OBSERVE = LuaScript.load(RedisLease.class, "observe");
  private static final LuaScript ACQUIRE = LuaScript.load(RedisLease.class, "acquire");
  private static final LuaScript RENEW = LuaScript.load(RedisLease.class, "renew");
  private static final LuaScript RELEASE = LuaScript.load(RedisLease.class, "release");

  private static final List<Integer> OLDEST_REDIS = List.of(6, 2);
  private static final int UNFIT = 2;
  private static final long LARGEST_EPOCH = (1L << 48) - 1; // 12 hex digits
  private static final String NO_RENEWALS = ""; // none that stands, so that only a release passes

  private final Redis redis;
  private final List<byte[]> keys;
  private final byte[] releasedChannel;
  private final RedisRequirements requirements;
  private final Rights rights;
  private final StoreFormat format;

  /// A failover of Redis may lose the newest leadership, and the clock there may be behind.
  private final AtomicLong largestEpoch = new AtomicLong();

  public RedisLease(Redis redis, Namespace ns) {
    this.redis = redis;
    this.keys = List.of(ns.key("leader"));
    this.releasedChannel = ns.key("released");
    this.requirements = new RedisRequirements(redis);
    this.rights = new Rights(redis, ns);
    this.format = new StoreFormat(redis, ns);
  }

  @Override
  public LeaseState observe() {
    return state(list(call("observe", () -> redis.eval(OBSERVE, keys, List.of()))), 0);
  }

  @Override
  public Acquisition acquire(LeaseRequest request, LeaseState observed) {
    Object held = "";
    Object renewals = "";
    if (observed instanceof LeaseState.Held lease) {
      held = lease.token();
      renewals = lease.released() ? NO_RENEWALS : lease.renewals();
    }
    List<byte[]> args =
        ScriptArgs.of(
            request.nonce(),
            request.node(),
            request.elector(),
            request.trust().toMillis(),
            held,
            renewals,
            OLDEST_REDIS,
            largestEpoch.get());
    Optional<String> missing = call("acquire", rights::missing);
    if (missing.isPresent()) { // each time: they may have changed
      throw requirements.missing(missing.get());
    }
    Optional<String> problem = call("acquire", format::problemAtWrite);
    if (problem.isPresent()) {
      throw new LeaseException.Unfit(problem.get());
    }
    List<?> answer = list(call("acquire", () -> redis.eval(ACQUIRE, keys, args)));
    if (Long.valueOf(UNFIT).equals(answer.getFirst())) {
      String found = String.valueOf(text(answer, 2));
      throw switch (String.valueOf(text(answer, 1))) {
        case "policy" -> requirements.mayEvict(found);
        case "run_id" -> requirements.hidesItsRunId();
        default -> requirements.tooOld(found);
      };
    }
    LeaseState now = state(answer, 1);
    if (Long.valueOf(1).equals(answer.getFirst()) && now instanceof LeaseState.Held mine) {
      return new Acquisition.Granted(mine.token(), mine.since());
    }
    return new Acquisition.Refused(now);
  }

  @Override
  public Renewal renew(FencingToken token) {
    Object answer = call("renew", () -> redis.eval(RENEW, keys, ScriptArgs.of(token)));
    return Renewal.valueOf(new String((byte[]) answer, StandardCharsets.US_ASCII));
  }

  @Override
  public boolean release(FencingToken token, Reason why) {
    List<byte[]> args = ScriptArgs.of(token, releasedChannel, why.name().toLowerCase(Locale.ROOT));
    Object answer = call("release", () -> redis.eval(RELEASE, keys, args));
    return Long.valueOf(1).equals(answer);
  }

  private <T> T call(String operation, Supplier<T> call) {
    try {
      return call.get();
    } catch (RedisException.ErrorReply e) {
      throw requirements.refusal(operation, e.code(), e);
    } catch (RedisException e) {
      throw new LeaseException.Unavailable(
          "the lease did not answer to " + operation + ": " + e.getMessage(), e);
    }
  }

  private LeaseState state(List<?> answer, int from) {
    String epoch = text(answer, from);
    String nonce = text(answer, from + 1);
    if (epoch == null || nonce == null) {
      return new LeaseState.Vacant();
    }
    try {
      return new LeaseState.Held(
          new FencingToken(seen(epoch(epoch)), nonce),
          String.valueOf(text(answer, from + 2)),
          String.valueOf(text(answer, from + 3)),
          Duration.ofMillis(Long.parseLong(String.valueOf(text(answer, from + 4)))),
          Long.parseLong(String.valueOf(text(answer, from + 5))),
          text(answer, from + 6) != null,
          Instant.ofEpochMilli(Long.parseLong(String.valueOf(text(answer, from + 7)))));
    } catch (IllegalArgumentException e) {
      throw new LeaseException.Unfit(
          ("the lease in Redis was changed by something else (%s): with every node stopped, "
                  + "delete the hash that ends in :leader")
              .formatted(e.getMessage()));
    }
  }

  private long seen(long epoch) {
    largestEpoch.accumulateAndGet(epoch, Math::max);
    return epoch;
  }

  /// @throws IllegalArgumentException if it is none that records can hold
  private static long epoch(String text) {
    long epoch = Long.parseLong(text);
    if (epoch > LARGEST_EPOCH) {
      throw new IllegalArgumentException("epoch " + epoch + " is too large");
    }
    return epoch;
  }

  private static List<?> list(Object answer) {
    return (List<?>) answer;
  }

  private static @Nullable String text(List<?> answer, int index) {
    return answer.get(index) instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : null;
  }
}
