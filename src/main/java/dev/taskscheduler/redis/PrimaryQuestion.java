package dev.taskscheduler.redis;

import java.util.List;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisException;

/// Asks one server where the primary is.
interface PrimaryQuestion {
  /// What one server knows.
  ///
  /// @param epoch of this configuration; a newer one has a larger one
  /// @param others more servers that may be asked
  record View(RedisAddress primary, long epoch, List<RedisAddress> others) {
    public View {
      others = List.copyOf(others);
    }
  }

  /// @param asked where `connection` leads to
  /// @throws JedisException where it does not answer, or does not know
  View ask(Connection connection, RedisAddress asked);

  /// What messages say that nobody knows, such as `the primary mymaster`.
  String what();

  /// Why a server did not answer, in words for people.
  default String explained(String failure) {
    return failure;
  }
}
