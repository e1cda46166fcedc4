package dev.taskscheduler.redis;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;

/// Asks a Sentinel, by `SENTINEL MASTER`: unlike `GET-MASTER-ADDR-BY-NAME` it tells the epoch, so
/// that a Sentinel that missed a failover is not believed.
///
/// @param primary the name of the primary
record SentinelQuestion(String primary) implements PrimaryQuestion {
  @Override
  public View ask(Connection connection, RedisAddress asked) {
    Object answer =
        connection.executeCommand(
            new CommandArguments(Protocol.Command.SENTINEL).add("MASTER").add(primary));
    Map<String, String> fields = new HashMap<>();
    if (answer instanceof List<?> words) {
      for (int i = 0; i + 1 < words.size(); i += 2) {
        fields.put(text(words.get(i)), text(words.get(i + 1)));
      }
    }
    try {
      return new View(
          new RedisAddress(
              fields.getOrDefault("ip", ""), Integer.parseInt(fields.getOrDefault("port", ""))),
          Long.parseLong(fields.getOrDefault("config-epoch", "0")),
          List.of());
    } catch (NumberFormatException e) {
      throw new JedisDataException("an answer of a Sentinel without an address", e);
    }
  }

  private static String text(Object word) {
    return word instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : String.valueOf(word);
  }

  @Override
  public String what() {
    return "no Sentinel knows where the primary " + primary + " is";
  }

  @Override
  public String explained(String failure) {
    return failure.startsWith("NOAUTH")
        ? "asks for a password: set REDIS_SENTINEL_PASSWORD_FILE"
        : failure;
  }
}
