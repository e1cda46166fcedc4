package dev.taskscheduler.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Checks whether the Redis user has the rights that the scripts need. Redis checks a right at each
/// command: a script that lacks one stops in the middle, and its writes so far stay.
public final class Rights {
  private static final LuaScript SCRIPT = LuaScript.load(Rights.class, "rights");
  private static final String NAME = "rights";
  private static final String NOT_KNOWN = "?";

  private final Redis redis;
  private final Namespace namespace;

  public Rights(Redis redis, Namespace namespace) {
    this.redis = redis;
    this.namespace = namespace;
  }

  /// The missing right, as messages show it; empty if none is missing.
  ///
  /// @throws RedisException where Redis does not answer
  public Optional<String> missing() {
    List<byte[]> key = List.of(namespace.key(NAME));
    Object answer = redis.eval(SCRIPT, key, key); // its channel has the same name
    String command = new String((byte[]) answer, StandardCharsets.US_ASCII);
    if (command.startsWith(NOT_KNOWN)) {
      return Optional.of(command.substring(1) + ", which it does not know (rename-command)");
    }
    return switch (command) {
      case "" -> Optional.empty();
      case "PUBLISH" ->
          Optional.of("PUBLISH to its channels (+publish &" + namespace.text("*") + ")");
      default -> Optional.of(command + " (+" + command.toLowerCase(Locale.ROOT) + ")");
    };
  }
}
