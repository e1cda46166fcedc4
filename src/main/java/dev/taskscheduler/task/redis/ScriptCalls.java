package dev.taskscheduler.task.redis;

import static dev.taskscheduler.redis.ScriptArgs.bytes;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.redis.ScriptArgs;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Calls the scripts of this room. Where one fails since something in Redis cannot be read, sets
/// that aside and calls once more, so that one bad record does not stop all others.
///
/// Nothing is looked at before a call: what is sound costs nothing. Our scripts read before they
/// write, so one that failed this way has done nothing yet and may be repeated.
final class ScriptCalls {
  private static final System.Logger LOG = System.getLogger(ScriptCalls.class.getName());

  private static final LuaScript SET_ASIDE = LuaScript.load(ScriptCalls.class, "set-aside");

  /// Entries that name what was set aside; an older one is removed together with its data.
  static final int MOST_ENTRIES = 1_000;

  private static final int MOST_LOOKS_AT_ONCE = 500;

  /// What one look finds may hide more of it.
  private static final int MOST_REPETITIONS = 3;

  /// Codes of what a script meets in damaged data: a key of another type, and an error of Lua.
  private static final Set<String> DAMAGE = Set.of("WRONGTYPE", "ERR");

  /// How a script names a key that cannot be read; the first bytes of one that is too long.
  private static final Pattern DAMAGED_KEY = Pattern.compile("DAMAGED (\\S{1,500})");

  /// Looks that found nothing are not repeated sooner.
  private static final Duration REST = Duration.ofSeconds(1);

  private static final Duration ASK_AGAIN_WITHIN = Duration.ofMillis(500);

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final int NAMED_IN_LOG = 5;

  private final Redis redis;
  private final Namespace namespace;
  private final List<byte[]> keys;
  private final AtomicLong lookFrom = new AtomicLong(System.nanoTime());
  private final AtomicLong logFrom = new AtomicLong(System.nanoTime());
  private final AtomicLong unlogged = new AtomicLong();

  ScriptCalls(Redis redis, Namespace namespace) {
    this.redis = redis;
    this.namespace = namespace;
    keys = List.of(namespace.key("leader"));
  }

  /// The keys of a call: the lease, from whose name a script makes the names of all others.
  List<byte[]> keys() {
    return keys;
  }

  /// @param args as [ScriptArgs#of] takes them
  Object eval(LuaScript script, Object... args) {
    List<byte[]> bytes = ScriptArgs.of(args);
    return guarded(script, () -> redis.eval(script, keys(), bytes));
  }

  /// Calls a script that answers with a list.
  List<?> list(LuaScript script, Object... args) {
    return (List<?>) eval(script, args);
  }

  /// Calls a script that walks through one key, and answers with a page of it.
  List<?> page(LuaScript script, byte[] key, Object... args) {
    List<byte[]> bytes = ScriptArgs.of(args);
    return (List<?>)
        guarded(script, () -> redis.eval(script, List.of(keys.getFirst(), key), bytes));
  }

  /// Repeats a call, which may be repeated, once if its connection turns out to be broken; not one
  /// that was waited for in vain.
  static <T> T again(Supplier<T> call) {
    long start = System.nanoTime();
    try {
      return call.get();
    } catch (RedisException.Unknown e) {
      if (System.nanoTime() - start > ASK_AGAIN_WITHIN.toNanos()) {
        throw e;
      }
      return call.get();
    }
  }

  /// Where a look finds nothing the call is repeated once all the same: another caller may have set
  /// aside meanwhile what stood in its way.
  ///
  /// @param call of this script, which may be repeated
  <T> T guarded(LuaScript script, Supplier<T> call) {
    for (int repetitions = 0; ; repetitions++) {
      try {
        return call.get();
      } catch (RedisException.Raised e) {
        if (!DAMAGE.contains(e.code()) || repetitions == MOST_REPETITIONS) {
          throw e;
        }
        if (!found(e) && repetitions > 0) {
          logUnexplained(script, e);
          throw e;
        }
      }
    }
  }

  /// Looks, unless a look has just been in vain.
  ///
  /// @param raised names a key that cannot be read, where the script knows it
  /// @return whether something was set aside
  private boolean found(RedisException.Raised raised) {
    Matcher named = DAMAGED_KEY.matcher(String.valueOf(raised.getMessage()));
    List<Suspect> suspects = named.find() ? List.of(new Suspect("key", named.group(1))) : List.of();
    return System.nanoTime() - lookFrom.get() >= 0 && setAside(suspects) > 0;
  }

  private void logUnexplained(LuaScript script, RedisException.Raised e) {
    lookFrom.set(System.nanoTime() + REST.toNanos());
    if (mayLog()) {
      LOG.log(
          System.Logger.Level.WARNING,
          () -> "script failed, no damaged data was found script=" + script.name() + " why=" + e);
    }
  }

  /// What is to be looked at, and set aside where it cannot be read.
  ///
  /// @param kind as `set-aside.lua` takes it: `task`, `unreadable` or `key`
  /// @param name an id, or a key
  record Suspect(String kind, String name) {}

  /// Sets aside what cannot be read: of what every call needs, and of `suspects`.
  ///
  /// @return how much was set aside
  int setAside(List<Suspect> suspects) {
    int count = 0;
    int next = 0;
    do {
      int end = Math.min(next + MOST_LOOKS_AT_ONCE, suspects.size());
      List<String> words =
          suspects.subList(next, end).stream().flatMap(s -> Stream.of(s.kind, s.name)).toList();
      List<byte[]> args = ScriptArgs.of(MOST_ENTRIES, words);
      List<?> damaged = (List<?>) redis.eval(SET_ASIDE, keys(), args);
      count += damaged.size();
      log(damaged);
      next = end;
    } while (next < suspects.size());
    return count;
  }

  private void log(List<?> damaged) {
    if (damaged.isEmpty()) {
      return;
    }
    long count = unlogged.addAndGet(damaged.size());
    if (mayLog()) {
      unlogged.addAndGet(-count);
      List<String> some = damaged.stream().limit(NAMED_IN_LOG).map(ScriptCalls::text).toList();
      LOG.log(
          System.Logger.Level.WARNING,
          () ->
              "damaged entries set aside count=%s look=\"LRANGE %s 0 -1\" what=%s"
                  .formatted(count, namespace.text("damaged"), some));
    }
  }

  private boolean mayLog() {
    long from = logFrom.get();
    long now = System.nanoTime();
    return now - from >= 0 && logFrom.compareAndSet(from, now + BETWEEN_LINES.toNanos());
  }

  /// An answer's bytes, or its number, as text.
  static String text(@Nullable Object value) {
    return value instanceof byte[] b ? new String(b, ISO_8859_1) : String.valueOf(value);
  }
}
