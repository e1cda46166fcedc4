package dev.taskscheduler.redis;

import java.util.Optional;
import java.util.function.Supplier;

/// The address of Redis and its login.
///
/// @param database 0 to 999; 0 in a Redis Cluster
/// @param tls how connections are encrypted, also those to Sentinels; empty where they are not
public record RedisConfig(
    RedisTopology topology, RedisLogin login, int database, Optional<RedisTls> tls) {
  private static final int DEFAULT_PORT = 6379;

  /// Reads `host:port` (port 6379 when left out; IPv6 in brackets) or a URI: `redis://host:port`,
  /// `redis-sentinel://host:port,host:port/name` or `redis-cluster://host:port,host:port`, with
  /// `user:password@` before the hosts and, except for a Cluster, `/database` at the end. With
  /// `rediss` for `redis` it is encrypted.
  ///
  /// @throws IllegalArgumentException that says what is allowed and never repeats a password
  public static RedisConfig parse(String text) {
    return parse(text, Optional.empty());
  }

  /// Reads an address whose password may be in a file; a URI then has only a user.
  ///
  /// @param filePassword the password as the file has it when asked; empty where there is no file
  /// @throws IllegalArgumentException that says what is allowed and never repeats a password
  public static RedisConfig parse(String setting, Optional<Supplier<String>> filePassword) {
    String text = setting.strip();
    if (text.contains("://")) {
      return RedisUri.parse(text, filePassword);
    }
    RedisAddress address =
        RedisAddress.parse(
            text,
            DEFAULT_PORT,
            "host:port, or redis://[user:password@]host:port[/database], or"
                + " redis-sentinel://host:port,host:port/name, or"
                + " redis-cluster://host:port,host:port; rediss... for TLS");
    return new RedisConfig(
        new RedisTopology.Single(address),
        new RedisLogin(Optional.empty(), filePassword),
        0,
        Optional.empty());
  }

  /// A copy with other TLS settings.
  public RedisConfig tls(RedisTls other) {
    return new RedisConfig(topology, login, database, Optional.of(other));
  }

  /// A copy that logs in at its Sentinels; the same where it has none.
  public RedisConfig sentinelLogin(RedisLogin other) {
    return topology instanceof RedisTopology.Sentinel watched
        ? new RedisConfig(
            new RedisTopology.Sentinel(watched.sentinels(), watched.primary(), other),
            login,
            database,
            tls)
        : this;
  }

  /// The address for messages and logs, without the password.
  @Override
  public String toString() {
    return RedisUri.show(this);
  }
}
