package dev.taskscheduler.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Checks whether the Redis user has the rights that our scripts need. Redis checks them call by
/// call: a script that lacks one is stopped in its middle, and what it has written stays.
public final class Rights {
  private static final LuaScript SCRIPT = LuaScript.load(Rights.class, "rights");
  private static final String NAME = "rights";

  private final Redis redis;
  private final Namespace namespace;
  private volatile boolean known;

  public Rights(Redis redis, Namespace namespace) {
    this.redis = redis;
    this.namespace = namespace;
  }

  /// What is missing, as people are told; empty if nothing is.
  ///
  /// @throws RedisException where Redis does not say
  public Optional<String> missing() {
    String channel = namespace.text(NAME);
    Object answer =
        redis.eval(
            SCRIPT,
            List.of(namespace.key(NAME)),
            List.of(channel.getBytes(StandardCharsets.UTF_8)));
    String command = new String((byte[]) answer, StandardCharsets.US_ASCII);
    return switch (command) {
      case "" -> Optional.empty();
      case "PUBLISH" ->
          Optional.of("PUBLISH to its channels (+publish &" + namespace.text("*") + ")");
      default -> Optional.of(command + " (+" + command.toLowerCase(Locale.ROOT) + ")");
    };
  }

  /// To be called before a script that writes; asks Redis until nothing was missing once.
  ///
  /// @throws RedisException.Refused that names what is missing; Unreachable where Redis does not
  ///   say, since the caller has done nothing yet
  public void require() {
    if (!known) {
      Optional<String> missing;
      try {
        missing = missing();
      } catch (RedisException.Unknown e) {
        throw new RedisException.Unreachable(String.valueOf(e.getMessage()), e);
      }
      if (missing.isPresent()) {
        throw RedisException.Refused.missingRight("this user may not use " + missing.get());
      }
      known = true;
    }
  }

  /// A script was stopped in its middle: the rights may have changed.
  public void doubt() {
    known = false;
  }
}
