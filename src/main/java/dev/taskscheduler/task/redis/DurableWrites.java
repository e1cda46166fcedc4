package dev.taskscheduler.task.redis;

import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.StoreHealth;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Writes that more than the memory of one Redis must hold before they are answered. The means are
/// `WAIT`, `WAITAOF` (Redis 7.2), or a Redis that syncs its file after each write.
final class DurableWrites {
  private static final String SYNCS_EACH_WRITE = "aof-always";
  private static final String NEVER_SYNCS = "aof-no"; // leaves it to the operating system
  private static final Duration LONGEST_WAIT = Duration.ofMillis(1500);

  private final Redis redis;
  private final ScriptCalls calls;
  private final Supplier<StoreHealth> health;

  /// @param answer of the script
  /// @param durability what was reached
  record Reached(Object answer, Durability durability) {}

  DurableWrites(Redis redis, ScriptCalls calls, Supplier<StoreHealth> health) {
    this.redis = redis;
    this.calls = calls;
    this.health = health;
  }

  /// Why this Redis cannot do what is wanted; empty if it can, or if it is not known.
  Optional<String> lacks(Durability wanted) {
    if (wanted == Durability.MEMORY) {
      return Optional.empty();
    }
    StoreHealth found = health.get();
    if (!found.available()) {
      return Optional.empty();
    }
    if (wanted == Durability.REPLICA) {
      return found.replicas() == 0
          ? Optional.of("no replica is connected to this Redis")
          : Optional.empty();
    }
    return syncsEachWrite(found) || canWait(found)
        ? Optional.empty()
        : Optional.of(
            "this Redis does not sync each write (appendfsync always) and has no WAITAOF (Redis 7.2"
                + " or newer, with appendonly yes)");
  }

  private static boolean syncsEachWrite(StoreHealth found) {
    return found.persistence().equals(Optional.of(SYNCS_EACH_WRITE));
  }

  private static boolean canWait(StoreHealth found) {
    String persistence = found.persistence().orElse("");
    return persistence.startsWith("aof")
        && !persistence.equals(NEVER_SYNCS)
        && found.version().map(DurableWrites::hasWaitAof).orElse(false);
  }

  private static boolean hasWaitAof(String version) {
    String[] parts = version.split("\\.", 3);
    int major = Integer.parseInt(parts[0]);
    return major > 7 || major == 7 && parts.length > 1 && Integer.parseInt(parts[1]) >= 2;
  }

  /// Runs a script and waits until what it wrote is as durable as wanted, or for a while.
  Reached eval(LuaScript script, List<byte[]> args, Durability wanted) {
    return calls.guarded(script, () -> evalOnce(script, args, wanted));
  }

  private Reached evalOnce(LuaScript script, List<byte[]> args, Durability wanted) {
    List<byte[]> keys = calls.keys();
    return switch (wanted) {
      case MEMORY -> new Reached(redis.eval(script, keys, args), Durability.MEMORY);
      case REPLICA -> reached(redis.evalThenWait(script, keys, args, LONGEST_WAIT), wanted);
      case FSYNC ->
          syncsEachWrite(health.get())
              ? new Reached(redis.eval(script, keys, args), Durability.FSYNC)
              : reached(redis.evalThenWaitAof(script, keys, args, LONGEST_WAIT), wanted);
    };
  }

  private static Reached reached(Redis.Waited waited, Durability wanted) {
    return new Reached(waited.answer(), waited.count() >= 1 ? wanted : Durability.MEMORY);
  }
}
