package dev.taskscheduler.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.args.Rawable;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/// A pool of connections to Redis and the one way to call a script through it.
///
/// Not to be called by threads that may be interrupted: an interrupt closes the socket of a virtual
/// thread and leaves the outcome unknown. Nothing is retried here; whoever calls knows what may be
/// repeated.
public final class Redis implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Redis.class.getName());
  private static final Duration BETWEEN_MOVES = Duration.ofSeconds(2);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

  private final RedisConfig config;
  private final JedisClientConfig clientConfig;
  private final Connections pool;
  private final RedisListener listener;
  private final AtomicInteger era = new AtomicInteger();
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean moving = new AtomicBoolean();

  /// Opens a pool; connects only when first used.
  ///
  /// @param name shown in `CLIENT LIST`; letters, digits, dash
  /// @param connections how many at the most
  /// @param timeout how long to wait for a free connection, and then for an answer
  public Redis(
      RedisConfig config, String name, int connections, Duration timeout, RedisListener listener) {
    this.config = config;
    this.listener = listener;
    this.clientConfig = clientConfig(config, name, timeout);
    ConnectionPoolConfig poolConfig = new ConnectionPoolConfig();
    poolConfig.setMaxTotal(connections);
    poolConfig.setMaxIdle(connections);
    poolConfig.setMaxWait(timeout);
    poolConfig.setFairness(true); // else single callers starve for seconds
    poolConfig.setJmxEnabled(false);
    poolConfig.setTestWhileIdle(false);
    poolConfig.setTimeBetweenEvictionRuns(Duration.ofMillis(-1));
    this.pool =
        new Connections(new HostAndPort(config.host(), config.port()), clientConfig, poolConfig);
  }

  /// A pool that connects only for those who ask. By itself it would also open a connection in
  /// place of each broken one, as part of giving that back: the caller of a Redis that hangs would
  /// wait once more, and one of a Redis that is gone would be told of the new connection's failure
  /// instead of its own.
  private static final class Connections extends ConnectionPool {
    Connections(
        HostAndPort address, JedisClientConfig clientConfig, ConnectionPoolConfig poolConfig) {
      super(address, clientConfig, poolConfig);
    }

    @Override
    public void addObject() throws Exception {
      if (getNumWaiters() > 0) {
        super.addObject();
      }
    }
  }

  private static JedisClientConfig clientConfig(RedisConfig config, String name, Duration timeout) {
    var builder =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis((int) Math.min(CONNECT_TIMEOUT.toMillis(), timeout.toMillis()))
            .socketTimeoutMillis((int) timeout.toMillis())
            .protocol(RedisProtocol.RESP2)
            .database(config.database())
            .clientName(name);
    config
        .tls()
        .ifPresent(tls ->
            builder.ssl(true).sslSocketFactory(tls.sockets()).sslParameters(tls.parameters()));
    config.user().ifPresent(builder::user);
    config.password().ifPresent(builder::password);
    return builder.build();
  }

  /// Runs a script; sends its text only where Redis does not have it yet.
  ///
  /// @return a `Long`, a `byte[]`, null, or a list of these
  /// @throws RedisException that says whether the script may have run
  public Object eval(LuaScript script, List<byte[]> keys, List<byte[]> args) {
    return call(script.name(), connection -> eval(connection, script, keys, args));
  }

  /// @param answer of the script
  /// @param count how many replicas, or disks, have what it wrote; 0 too where Redis does not wait
  public record Waited(Object answer, long count) {}

  /// Runs a script and waits, on the same connection, until a replica has what it wrote.
  public Waited evalThenWait(
      LuaScript script, List<byte[]> keys, List<byte[]> args, Duration longest) {
    return waited(script, keys, args, Protocol.Command.WAIT, List.of(1L), longest);
  }

  /// Runs a script and waits, on the same connection, until what it wrote is on this Redis's disk.
  /// Redis 7.2 or newer.
  public Waited evalThenWaitAof(
      LuaScript script, List<byte[]> keys, List<byte[]> args, Duration longest) {
    return waited(script, keys, args, Protocol.Command.WAITAOF, List.of(1L, 0L), longest);
  }

  private Waited waited(
      LuaScript script,
      List<byte[]> keys,
      List<byte[]> args,
      Protocol.Command wait,
      List<Long> howMany,
      Duration longest) {
    return (Waited)
        call(
            script.name(),
            connection -> {
              Object answer = eval(connection, script, keys, args);
              CommandArguments arguments = new CommandArguments(wait);
              howMany.forEach(arguments::add);
              return new Waited(answer, count(connection, arguments.add(longest.toMillis())));
            });
  }

  /// A Redis that refuses to wait has carried out the script: that is no refusal of the call.
  private static long count(Connection connection, CommandArguments wait) {
    try {
      Object count = connection.executeCommand(wait);
      return (Long) (count instanceof List<?> counts ? counts.getFirst() : count);
    } catch (JedisDataException e) {
      LOG.log(System.Logger.Level.DEBUG, "not waited for", e);
      return 0;
    }
  }

  /// Leaves a server that is no longer, or not yet, the one to ask: no connection to it is used
  /// again, and the next ones look the address up anew. Subscriptions move as well, at once and
  /// when what the JVM remembers of the name is surely forgotten.
  public void leave() {
    era.incrementAndGet(); // what is lent out now is thrown away when it comes back
    pool.clear();
    if (moving.compareAndSet(false, true)) {
      subscriptions.forEach(Subscription::renew);
      CompletableFuture.delayedExecutor(BETWEEN_MOVES.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> {
            moving.set(false);
            subscriptions.forEach(Subscription::renew);
          });
    }
  }

  private static Object eval(
      Connection connection, LuaScript script, List<byte[]> keys, List<byte[]> args) {
    try {
      return connection.executeCommand(
          arguments(Protocol.Command.EVALSHA, script.sha(), keys, args));
    } catch (JedisNoScriptException e) {
      return connection.executeCommand(arguments(Protocol.Command.EVAL, script.text(), keys, args));
    }
  }

  private static CommandArguments arguments(
      Protocol.Command command, byte[] script, List<byte[]> keys, List<byte[]> args) {
    CommandArguments arguments = new CommandArguments(command).add(script).add(keys.size());
    keys.forEach(key -> arguments.add(asItIs(key)));
    args.forEach(arg -> arguments.add(asItIs(arg)));
    return arguments;
  }

  /// By itself Jedis copies each array.
  private static Rawable asItIs(byte[] bytes) {
    return () -> bytes;
  }

  /// What `INFO section` says, as text.
  public ServerInfo info(String section) {
    return ServerInfo.parse(
        call(
            "info",
            c -> c.executeCommand(new CommandArguments(Protocol.Command.INFO).add(section))));
  }

  /// What `CONFIG GET name` says; empty where this Redis does not tell it.
  public Optional<String> config(String name) {
    try {
      Object answer =
          call(
              "config",
              c ->
                  c.executeCommand(
                      new CommandArguments(Protocol.Command.CONFIG).add("GET").add(name)));
      return answer instanceof List<?> pair
              && pair.size() == 2
              && pair.get(1) instanceof byte[] value
          ? Optional.of(new String(value, StandardCharsets.UTF_8))
          : Optional.empty();
    } catch (RedisException.Refused e) {
      return Optional.empty(); // many hosted ones forbid it
    }
  }

  /// Whether Redis answers; bounded by the pool's timeout.
  public boolean ping() {
    try {
      call("ping", c -> c.executeCommand(new CommandArguments(Protocol.Command.PING)));
      return true;
    } catch (RedisException e) {
      return false;
    }
  }

  private Object call(String name, Function<Connection, Object> command) {
    long start = System.nanoTime();
    boolean failed = true;
    try {
      Connection connection = borrow(name);
      int borrowedIn = era.get();
      try {
        Object answer = command.apply(connection);
        failed = false;
        return answer;
      } catch (JedisDataException e) {
        if (RedisException.isOfOtherServer(message(e))) {
          leave();
        }
        throw RedisException.of(message(e), e);
      } catch (JedisException e) {
        pool.clear(); // what else is idle is most likely broken too
        throw new RedisException.Unknown(
            "Redis at " + config + " gave no answer to " + name + ": " + message(e), e);
      } finally {
        if (borrowedIn != era.get()) {
          connection.setBroken();
        }
        giveBack(connection);
      }
    } finally {
      listener.roundTrip(name, System.nanoTime() - start, failed);
    }
  }

  /// A broken one is thrown away. Whatever goes wrong here says nothing about the call.
  private static void giveBack(Connection connection) {
    try {
      connection.close();
    } catch (JedisException e) {
      LOG.log(System.Logger.Level.DEBUG, "connection not given back", e);
    }
  }

  private Connection borrow(String name) {
    try {
      return pool.getResource();
    } catch (JedisException e) {
      Throwable cause = e;
      while (cause.getCause() instanceof JedisException inner) {
        cause = inner;
      }
      if (cause instanceof JedisDataException) { // such as WRONGPASS
        throw new RedisException.Refused(message(cause), e);
      }
      throw new RedisException.Unreachable(
          "Redis at "
              + config
              + " cannot be reached for "
              + name
              + ": "
              + ConnectFailure.of(e, config),
          e);
    }
  }

  private static String message(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /// Listens to a channel on a connection of its own until closed; connects again by itself.
  ///
  /// @param onMessage called on the subscription's thread for each message, and after each
  ///   (re)connect, since messages may have been missed before
  public Subscription subscribe(String channel, Runnable onMessage) {
    Subscription subscription =
        new Subscription(
            () -> new Connection(new HostAndPort(config.host(), config.port()), clientConfig),
            channel.getBytes(StandardCharsets.UTF_8),
            onMessage,
            subscriptions::remove);
    subscriptions.add(subscription);
    return subscription;
  }

  /// The address, without the password.
  @Override
  public String toString() {
    return config.toString();
  }

  @Override
  public void close() {
    try {
      pool.close();
    } catch (JedisException e) {
      // Closing a connection that is broken already: nothing is left to close.
      LOG.log(System.Logger.Level.DEBUG, "connection broken at close", e);
    }
  }
}
