package dev.taskscheduler.redis;

import dev.taskscheduler.process.VitalThreads;
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
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.args.Rawable;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/// A pool of connections to Redis that runs scripts.
///
/// Must not be called by threads that may be interrupted: an interrupt closes the socket of a
/// virtual thread and leaves the outcome unknown. Nothing is retried here, since only the caller
/// knows which calls may be repeated.
public final class Redis implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Redis.class.getName());
  private static final Duration SECOND_RENEWAL_AFTER = Duration.ofSeconds(2);

  private final RedisConfig config;
  private final Connector connector;
  private final Connections pool;
  private final RedisListener listener;

  /// In a Cluster each script names a key that does not exist. So a node refuses it as a whole
  /// while the slot moves, and not in the middle, at the first key that has already gone.
  private final List<byte[]> absentKeys;

  private final AtomicInteger generation = new AtomicInteger();
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean reconnecting = new AtomicBoolean();
  private volatile boolean closed;

  /// The size and limits of a pool.
  ///
  /// @param name shown in `CLIENT LIST`; letters, digits, dash
  /// @param connections at most
  /// @param timeout for a free connection, and again for a reply
  public record Pool(String name, int connections, Duration timeout) {}

  /// Creates a pool; it connects at first use.
  ///
  /// @param namespace of all keys: in a Redis Cluster it has one slot, and so one primary
  public Redis(RedisConfig config, Namespace namespace, Pool size, RedisListener listener) {
    this.config = config;
    this.listener = listener;
    this.connector = new Connector(config, namespace, size.name(), size.timeout());
    this.absentKeys = followsSlot(config) ? List.of(namespace.key("absent")) : List.of();
    ConnectionPoolConfig poolConfig = new ConnectionPoolConfig();
    poolConfig.setMaxTotal(size.connections());
    poolConfig.setMaxIdle(size.connections());
    poolConfig.setMaxWait(size.timeout());
    poolConfig.setFairness(true); // otherwise single callers starve for seconds
    poolConfig.setJmxEnabled(false);
    poolConfig.setTestWhileIdle(false);
    poolConfig.setTimeBetweenEvictionRuns(Duration.ofMillis(-1));
    this.pool = new Connections(connector.factory(), poolConfig);
    connector
        .lookup()
        .watchEvery()
        .ifPresent(every -> VitalThreads.platform("redis-primary", () -> watch(every)).start());
  }

  private static boolean followsSlot(RedisConfig config) {
    return config.topology() instanceof RedisTopology.Cluster;
  }

  /// How the primary is found: `single`, `sentinel` or `cluster`.
  public String topology() {
    return switch (config.topology()) {
      case RedisTopology.Single one -> "single";
      case RedisTopology.Sentinel watched -> "sentinel";
      case RedisTopology.Cluster many -> "cluster";
    };
  }

  /// Where the primary was last found, `host:port`; empty before the first call.
  public Optional<String> primary() {
    return connector.lookup().last().map(RedisAddress::toString);
  }

  /// Whether the primary is found by asking, so that an error of a former one passes by itself.
  public boolean asksForPrimary() {
    return !(config.topology() instanceof RedisTopology.Single);
  }

  /// Follows a primary that moves while the former one still answers.
  private void watch(Duration every) throws InterruptedException {
    while (!closed) {
      synchronized (this) {
        if (!closed) {
          wait(every.toMillis());
        }
      }
      try {
        if (!closed && connector.lookup().moved()) {
          LOG.log(System.Logger.Level.INFO, () -> "redis primary has moved address=" + config);
          reconnect();
        }
      } catch (JedisException e) { // whoever needs a connection says why there is none
        LOG.log(System.Logger.Level.DEBUG, "the primary is not known", e);
      }
    }
  }

  /// A pool that connects only for waiting callers. The superclass also opens a connection in place
  /// of each broken one when that is returned. Then a caller would wait twice for a Redis that
  /// hangs, and would get the error of the new connection instead of its own.
  private final class Connections extends ConnectionPool {
    Connections(ConnectionFactory factory, ConnectionPoolConfig poolConfig) {
      super(factory, poolConfig);
    }

    @Override
    public void addObject() throws Exception {
      if (getNumWaiters() > 0) {
        int before = generation.get();
        super.addObject();
        if (before != generation.get()) {
          clear(); // it may lead to a former primary
        }
      }
    }
  }

  /// Runs a script; sends its text only where Redis does not know it yet.
  ///
  /// @return a `Long`, a `byte[]`, null, or a list of these
  /// @throws RedisException that says whether the script may have run
  public Object eval(LuaScript script, List<byte[]> keys, List<byte[]> args) {
    return call(script.name(), connection -> eval(connection, script, keys, args));
  }

  /// The answer of a script, and how many replicas or disks have its writes.
  ///
  /// @param count 0 also where Redis refuses to wait
  public record Waited(Object answer, long count) {}

  /// Runs a script and waits on the same connection until a replica has its writes.
  public Waited evalThenWait(
      LuaScript script, List<byte[]> keys, List<byte[]> args, Duration timeout) {
    return waited(script, keys, args, new CommandArguments(Protocol.Command.WAIT).add(1), timeout);
  }

  /// Runs a script and waits on the same connection until its writes are on Redis's disk. Needs
  /// Redis 7.2.
  public Waited evalThenWaitAof(
      LuaScript script, List<byte[]> keys, List<byte[]> args, Duration timeout) {
    return waited(
        script, keys, args, new CommandArguments(Protocol.Command.WAITAOF).add(1).add(0), timeout);
  }

  private Waited waited(
      LuaScript script,
      List<byte[]> keys,
      List<byte[]> args,
      CommandArguments wait,
      Duration timeout) {
    return (Waited)
        call(
            script.name(),
            connection -> {
              Object answer = eval(connection, script, keys, args);
              return new Waited(answer, count(connection, wait.add(timeout.toMillis())));
            });
  }

  /// Where Redis refuses to wait, the script has run all the same: the call has not failed.
  private static long count(Connection connection, CommandArguments wait) {
    try {
      Object count = connection.executeCommand(wait);
      return (Long) (count instanceof List<?> counts ? counts.getFirst() : count);
    } catch (JedisDataException e) {
      LOG.log(System.Logger.Level.DEBUG, "Redis does not wait", e);
      return 0;
    }
  }

  /// Reconnects after the server has changed its role: open connections are not used again, and new
  /// ones look the address up. Subscriptions reconnect at once, and again when the JVM's cached
  /// address has expired.
  public void reconnect() {
    connector.lookup().forget();
    generation.incrementAndGet(); // connections in use now are closed when they are returned
    pool.clear();
    if (reconnecting.compareAndSet(false, true)) {
      subscriptions.forEach(Subscription::renew);
      CompletableFuture.delayedExecutor(SECOND_RENEWAL_AFTER.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> {
            reconnecting.set(false);
            subscriptions.forEach(Subscription::renew);
          });
    }
  }

  private Object eval(
      Connection connection, LuaScript script, List<byte[]> keys, List<byte[]> args) {
    try {
      return connection.executeCommand(
          arguments(Protocol.Command.EVALSHA, script.sha(), keys, args));
    } catch (JedisNoScriptException e) {
      return connection.executeCommand(arguments(Protocol.Command.EVAL, script.text(), keys, args));
    }
  }

  private CommandArguments arguments(
      Protocol.Command command, byte[] script, List<byte[]> keys, List<byte[]> args) {
    CommandArguments arguments =
        new CommandArguments(command).add(script).add(keys.size() + absentKeys.size());
    keys.forEach(key -> arguments.add(uncopied(key)));
    absentKeys.forEach(key -> arguments.add(uncopied(key)));
    args.forEach(arg -> arguments.add(uncopied(arg)));
    return arguments;
  }

  /// An argument that Jedis does not copy.
  private static Rawable uncopied(byte[] bytes) {
    return () -> bytes;
  }

  /// The answer to `INFO section`.
  public ServerInfo info(String section) {
    return (ServerInfo) call("info", connection -> info(connection, section));
  }

  static ServerInfo info(Connection connection, String section) {
    return ServerInfo.parse(
        connection.executeCommand(new CommandArguments(Protocol.Command.INFO).add(section)));
  }

  /// The answer to `CONFIG GET name`; empty where this Redis does not give it.
  public Optional<String> config(String name) {
    try {
      Object answer =
          call("config", new CommandArguments(Protocol.Command.CONFIG).add("GET").add(name));
      return answer instanceof List<?> pair
              && pair.size() == 2
              && pair.get(1) instanceof byte[] value
          ? Optional.of(new String(value, StandardCharsets.UTF_8))
          : Optional.empty();
    } catch (RedisException.Refused e) {
      return Optional.empty(); // many hosted services forbid it
    }
  }

  /// Whether Redis answers within the pool's timeout.
  public boolean ping() {
    try {
      call("ping", new CommandArguments(Protocol.Command.PING));
      return true;
    } catch (RedisException e) {
      return false;
    }
  }

  private Object call(String name, CommandArguments command) {
    return call(name, connection -> connection.executeCommand(command));
  }

  private Object call(String name, Function<Connection, Object> command) {
    long start = System.nanoTime();
    boolean failed = true;
    try {
      int borrowedGeneration = generation.get(); // before: it may be connecting to a former primary
      Connection connection = borrow(name);
      try {
        Object answer = command.apply(connection);
        failed = false;
        return answer;
      } catch (JedisDataException e) {
        if (RedisException.isOfOtherServer(ConnectFailure.message(e))) {
          reconnect();
        }
        throw RedisException.of(ConnectFailure.message(e), e);
      } catch (JedisException e) {
        pool.clear(); // the other idle connections are most likely broken too
        throw new RedisException.Unknown(
            "Redis at " + config + " did not answer " + name + ": " + ConnectFailure.message(e), e);
      } finally {
        if (borrowedGeneration != generation.get()) {
          connection.setBroken();
        }
        release(connection);
      }
    } finally {
      listener.roundTrip(name, System.nanoTime() - start, failed);
    }
  }

  /// Returns a connection to the pool, which closes a broken one. An error here does not concern
  /// the call.
  private static void release(Connection connection) {
    try {
      connection.close();
    } catch (JedisException e) {
      LOG.log(System.Logger.Level.DEBUG, "connection not returned", e);
    }
  }

  private Connection borrow(String name) {
    try {
      return pool.getResource();
    } catch (JedisException e) {
      Throwable cause = ConnectFailure.innermost(e);
      if (cause instanceof JedisDataException && !isFull(cause)) { // such as WRONGPASS
        throw new RedisException.Refused(ConnectFailure.message(cause), e);
      }
      throw new RedisException.Unreachable(
          "Redis at %s cannot be reached for %s: %s"
              .formatted(config, name, ConnectFailure.of(e, config)),
          e);
    }
  }

  /// Whether Redis admits no more clients (`maxclients`), which passes.
  private static boolean isFull(Throwable error) {
    return ConnectFailure.message(error).startsWith("ERR max number of clients");
  }

  /// Subscribes to a channel on a connection of its own, which reconnects by itself.
  ///
  /// @param onMessage called on the subscription's thread for each message, and after each connect,
  ///   since messages may have been missed before
  public Subscription subscribe(String channel, Runnable onMessage) {
    Subscription subscription =
        new Subscription(
            connector::single,
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
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    connector.lookup().close();
    try {
      pool.close();
    } catch (JedisException e) {
      LOG.log(System.Logger.Level.DEBUG, "the connection failed at close", e);
    }
  }
}
