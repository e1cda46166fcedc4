package dev.taskscheduler.testing;

import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.redis.RedisListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisException;

/// A real `redis-server` of a test's own, on a free port and in a folder that goes with it.
///
/// `REDIS_SERVER` in the environment names another binary than the one on the path.
public final class RedisServer implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final int TRIES = 5;

  private final NetworkHost host;
  private final Path folder;
  private final List<String> lines;
  private final boolean sentinel;
  private int port;
  private @Nullable Process process;

  /// Starts a server and waits until it answers.
  ///
  /// @param lines of its configuration, such as `appendonly yes`; they win over the defaults here,
  ///   which keep nothing on disk
  public RedisServer(String... lines) {
    this(NetworkHost.HERE, lines);
  }

  /// The same elsewhere.
  public RedisServer(NetworkHost host, String... lines) {
    this(host, false, lines);
  }

  /// Starts a Sentinel, as [RedisGroups] needs it.
  static RedisServer sentinel(String... lines) {
    return new RedisServer(NetworkHost.HERE, true, lines);
  }

  private RedisServer(NetworkHost host, boolean sentinel, String... lines) {
    this.host = host;
    this.sentinel = sentinel;
    this.lines = List.of(lines);
    try {
      this.folder = Files.createTempDirectory("redis-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (int i = 1; process == null; i++) {
      port = freePort(); // another may take it before the server does: then again
      try {
        start();
      } catch (IllegalStateException e) {
        if (i == TRIES) {
          close();
          throw e;
        }
      }
    }
  }

  /// Starts a server that copies another, and waits until it has caught up.
  ///
  /// @param lines more of its configuration
  public static RedisServer replicaOf(RedisServer primary, String... lines) {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("replicaof " + primary.host.address() + " " + primary.port);
    all.add("repl-diskless-sync-delay 0");
    RedisServer replica = new RedisServer(all.toArray(String[]::new));
    Eventually.await(
        "the replica has caught up",
        () -> {
          try (Jedis jedis = replica.jedis()) {
            return jedis.info("replication").contains("master_link_status:up");
          }
        });
    return replica;
  }

  /// One on the same port of another loopback address, such as 127.0.0.2: what a name may lead to
  /// in place of `other`.
  public static RedisServer beside(RedisServer other, String address, String... lines) {
    return new RedisServer(new NetworkHost(address, List.of()), other.port, lines);
  }

  private RedisServer(NetworkHost host, int port, String... lines) {
    this.host = host;
    this.port = port;
    this.sentinel = false;
    this.lines = List.of(lines);
    try {
      this.folder = Files.createTempDirectory("redis-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start();
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void start() {
    StringBuilder config = new StringBuilder();
    config.append("bind ").append(host.address()).append("\nprotected-mode no\n");
    if (!sentinel) {
      config.append("save \"\"\nmaxmemory-policy noeviction\n");
    }
    config.append("port ").append(port).append("\ndir ").append(folder).append('\n');
    lines.forEach(line -> config.append(line).append('\n'));
    Path file = folder.resolve("redis.conf");
    Path log = folder.resolve("redis.log");
    Process started;
    try {
      Files.writeString(file, config);
      String binary = Optional.ofNullable(System.getenv("REDIS_SERVER")).orElse("redis-server");
      started =
          new ProcessBuilder(host.in(command(binary, file)))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "These tests need a redis-server of 6.2 or later on PATH (Debian: apt install redis-server; macOS: brew install redis), "
              + "or one that the variable REDIS_SERVER names.",
          e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!answers()) {
      if (!started.isAlive() || System.nanoTime() - deadline > 0) {
        started.destroyForcibly();
        throw new IllegalStateException("redis-server did not start: " + readLog(log));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    process = started;
  }

  private List<String> command(String binary, Path file) {
    return sentinel
        ? List.of(binary, file.toString(), "--sentinel")
        : List.of(binary, file.toString());
  }

  private static String readLog(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "no log: " + e;
    }
  }

  private boolean answers() {
    try (Jedis jedis = jedis()) {
      return "PONG".equals(jedis.ping());
    } catch (JedisException e) {
      // NOAUTH is an answer too
      return e.getMessage() != null && e.getMessage().startsWith("NOAUTH");
    }
  }

  /// The port on 127.0.0.1, the same after a restart.
  public int port() {
    return port;
  }

  /// Where its files are, such as `appendonlydir`.
  public Path folder() {
    return folder;
  }

  /// `host:port`.
  public String address() {
    return host.address() + ":" + port;
  }

  /// Its address as the project's own clients take it.
  public RedisConfig config() {
    return RedisConfig.parse(address());
  }

  /// A pool of the project's own, to be closed by the caller.
  public Redis redis(int connections) {
    return new Redis(
        config(),
        new Namespace("scheduler"),
        new Redis.Pool("test", connections, Duration.ofSeconds(2)),
        RedisListener.NONE);
  }

  /// A plain connection, to be closed by the caller.
  public Jedis jedis() {
    return new Jedis(
        host.address(),
        port,
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis(1000)
            .socketTimeoutMillis(5000)
            .protocol(RedisProtocol.RESP2)
            .build());
  }

  /// Every key with its type and content, in an order that is the same for the same content: to
  /// compare all keys before and after a script.
  public Map<String, String> snapshot() {
    TreeMap<String, String> all = new TreeMap<>();
    try (Jedis jedis = jedis()) {
      for (String key : jedis.keys("*")) {
        if (key.endsWith(":format")) {
          continue; // written by whoever comes first
        }
        String type = jedis.type(key);
        String content =
            switch (type) {
              case "string" -> jedis.get(key);
              case "hash" -> new TreeMap<>(jedis.hgetAll(key)).toString();
              case "list" -> jedis.lrange(key, 0, -1).toString();
              case "set" -> new TreeSet<>(jedis.smembers(key)).toString();
              case "zset" -> jedis.zrangeWithScores(key, 0, -1).toString();
              default -> throw new IllegalStateException("a test key of type " + type);
            };
        all.put(key, type + " " + content);
      }
    }
    return all;
  }

  /// Ends the process at once (SIGKILL).
  public void kill() {
    if (process != null) {
      process.destroyForcibly();
      process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
      process = null;
    }
  }

  /// Kills the process if it runs, and starts it again on the same port and folder.
  public void restart() {
    kill();
    start();
  }

  /// Stops the process where it is (SIGSTOP): connections stay open, nothing is answered.
  public void pause() {
    signal("STOP");
  }

  /// Lets a paused process go on (SIGCONT).
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    if (process == null) {
      throw new IllegalStateException("not running");
    }
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
      if (kill.onExit().orTimeout(10, TimeUnit.SECONDS).join().exitValue() != 0) {
        throw new IllegalStateException("kill -" + name + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Kills the process and removes its folder.
  @Override
  public void close() {
    kill();
    try (var files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
