package dev.taskscheduler.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Checks in which format the data of a namespace are. A new namespace is marked with ours; data of
/// another format are neither read nor changed.
public final class StoreFormat {
  /// The format that this version reads and writes; `docs/data.md` describes it.
  public static final int NUMBER = 2;

  private static final LuaScript SCRIPT = LuaScript.load(StoreFormat.class, "format");

  private final Redis redis;
  private final Namespace namespace;
  private final List<byte[]> keys;

  public StoreFormat(Redis redis, Namespace namespace) {
    this.redis = redis;
    this.namespace = namespace;
    keys =
        Stream.of("format", "leaders", "ready:high", "ready:medium", "ready:low")
            .map(namespace::key)
            .toList();
  }

  /// What is wrong with the data, and what to do; empty if they have our format, or there are none.
  ///
  /// @throws RedisException where Redis does not answer
  public Optional<String> problem() {
    return problem(0);
  }

  /// The same for a caller that is about to write: marks a namespace that has no data.
  ///
  /// @throws RedisException where Redis does not answer
  public Optional<String> problemAtWrite() {
    return problem(1);
  }

  private Optional<String> problem(int mark) {
    Object answer = redis.eval(SCRIPT, keys, ScriptArgs.of(NUMBER, mark));
    String found = new String((byte[]) answer, StandardCharsets.ISO_8859_1);
    return found.equals(String.valueOf(NUMBER))
        ? Optional.empty()
        : Optional.of(
            ("the data in this Redis have format %s, and this version reads format %s: with every"
                    + " node stopped, delete the keys %s (of ./run: the folder .local/redis), or"
                    + " set REDIS_NAMESPACE to another name")
                .formatted(found, NUMBER, namespace.text("*")));
  }
}
