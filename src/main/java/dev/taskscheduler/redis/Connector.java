package dev.taskscheduler.redis;

import java.time.Duration;
import java.util.function.Function;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultRedisCredentials;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/// Makes connections to the primary, wherever it is.
final class Connector {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

  private final RedisConfig config;
  private final JedisClientConfig clientConfig;
  private final PrimaryLookup lookup;

  /// @param name shown in `CLIENT LIST`
  /// @param timeout for a reply
  Connector(RedisConfig config, Namespace namespace, String name, Duration timeout) {
    this.config = config;
    this.clientConfig =
        clientConfig(config, config.login(), timeout)
            .database(config.database())
            .clientName(name)
            .build();
    Duration limit = Duration.ofMillis(clientConfig.getConnectionTimeoutMillis());
    this.lookup =
        switch (config.topology()) {
          case RedisTopology.Single one -> new NamedPrimary(one.address());
          case RedisTopology.Sentinel watched ->
              new PrimaryPoll(
                  config,
                  new SentinelQuestion(watched.primary()),
                  watched.sentinels(),
                  to(clientConfig(config, watched.login(), limit).build()),
                  limit,
                  true);
          case RedisTopology.Cluster many ->
              new PrimaryPoll(
                  config,
                  SlotQuestion.of(namespace),
                  many.nodes(),
                  to(clientConfig(config, config.login(), limit).build()),
                  limit,
                  false); // a node that has lost the slot says so itself
        };
  }

  private static DefaultJedisClientConfig.Builder clientConfig(
      RedisConfig config, RedisLogin login, Duration timeout) {
    var builder =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis((int) Math.min(CONNECT_TIMEOUT.toMillis(), timeout.toMillis()))
            .socketTimeoutMillis((int) timeout.toMillis())
            .protocol(RedisProtocol.RESP2);
    config
        .tls()
        .ifPresent(tls ->
            builder.ssl(true).sslSocketFactory(tls.sockets()).sslParameters(tls.parameters()));
    login
        .password() // read anew for each connection, since it may have changed
        .ifPresent(password ->
            builder.credentialsProvider(
                () -> new DefaultRedisCredentials(login.user().orElse(null), password.get())));
    return builder;
  }

  private static Function<RedisAddress, Connection> to(JedisClientConfig clientConfig) {
    return address -> new Connection(new HostAndPort(address.host(), address.port()), clientConfig);
  }

  PrimaryLookup lookup() {
    return lookup;
  }

  /// For a pool.
  ConnectionFactory factory() {
    PrimarySockets sockets = new PrimarySockets(lookup, clientConfig);
    return config.topology() instanceof RedisTopology.Sentinel
        ? new OfPrimary(sockets, clientConfig, lookup)
        : new ConnectionFactory(sockets, clientConfig);
  }

  /// A connection outside of the pool, for a subscription: replicas pass messages on too, so it is
  /// not checked whether it leads to the primary.
  Connection single() {
    return new Connection(new PrimarySockets(lookup, clientConfig), clientConfig);
  }

  /// Asks each new connection whether it leads to a primary. A former one that was started again
  /// has the address that Sentinels name until they agree on another, and a Sentinel may be late.
  private static final class OfPrimary extends ConnectionFactory {
    private final PrimaryLookup lookup;

    private OfPrimary(
        PrimarySockets sockets, JedisClientConfig clientConfig, PrimaryLookup lookup) {
      super(sockets, clientConfig);
      this.lookup = lookup;
    }

    @Override
    protected void initialize(Connection connection) {
      super.initialize(connection);
      if (role(connection).equals("slave")) {
        lookup.forget();
        connection.close();
        throw new JedisConnectionException("this server is a replica now, not the primary");
      }
    }

    private static String role(Connection connection) {
      try {
        return Redis.info(connection, "replication").field("role").orElse("");
      } catch (JedisDataException e) {
        return ""; // not allowed: then the first write says it
      }
    }
  }
}
