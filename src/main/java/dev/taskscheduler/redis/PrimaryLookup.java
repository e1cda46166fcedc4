package dev.taskscheduler.redis;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import redis.clients.jedis.exceptions.JedisConnectionException;

/// Finds the primary for each new connection. Safe for use by several threads.
interface PrimaryLookup extends AutoCloseable {
  /// Where a new connection should lead to, in bounded time.
  ///
  /// @throws JedisConnectionException where nobody knows it
  RedisAddress primary();

  /// Where the last new connection led to; empty before the first one.
  Optional<RedisAddress> last();

  /// Drops what was found so far: the server there has said that it is not the primary.
  default void forget() {}

  /// Notes where a new connection led to.
  default void connected(InetAddress address) {}

  /// How often [#moved] should be called; empty for never.
  default Optional<Duration> watchEvery() {
    return Optional.empty();
  }

  /// Whether the primary is no more where connections were made to. By one thread at a time.
  default boolean moved() {
    return false;
  }

  @Override
  default void close() {}
}
