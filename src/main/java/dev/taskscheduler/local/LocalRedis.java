package dev.taskscheduler.local;

import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.redis.RedisListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// A redis-server for `./run`, its data kept in a folder between runs. One run at a time uses a
/// folder.
///
/// The server of the embedded-redis library is not used: its shutdown hook would stop Redis before
/// the nodes have drained into it.
public final class LocalRedis implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(30); // reads its data first
  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
  private static final Duration LAST_CALL = Duration.ofSeconds(2);
  private static final LuaScript FORGET_RELEASED =
      LuaScript.load(LocalRedis.class, "forget-released");

  private final FileChannel lock;
  private final ProcessHandle server;
  private final int port;
  private final String version;

  private LocalRedis(FileChannel lock, ProcessHandle server, int port, String version) {
    this.lock = lock;
    this.server = server;
    this.port = port;
    this.version = version;
  }

  /// Starts the server of `folder`.
  ///
  /// @param path folders to look for a redis-server in, as in the variable PATH; if it has none,
  ///   the one that the embedded-redis jar carries
  public static LocalRedis start(Path folder, String path)
      throws IOException, InterruptedException {
    Path data = Files.createDirectories(folder.toAbsolutePath().resolve("data"));
    FileChannel lock = lock(data.resolveSibling("lock"));
    try {
      stopLeftBehind(pidFile(data));
      RedisBinary binary = RedisBinary.find(path, data.resolveSibling("bin"));
      checkVersion(binary, data);
      int port = freePort();
      return new LocalRedis(lock, launch(binary, path, data, port), port, binary.version());
    } catch (IOException | InterruptedException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /// Held as long as the channel is open, at most as long as this process lives.
  private static FileChannel lock(Path file) throws IOException {
    var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // as if another process had it
    }
    channel.close();
    throw new LocalException(
        "Another ./run uses %s. Set LOCAL_DIR to another folder, or REDIS_ADDR to a Redis of your own."
            .formatted(file.getParent()));
  }

  private static Path pidFile(Path data) {
    return data.resolveSibling("redis.pid");
  }

  /// Stops the server of a run that was killed: two servers would spoil the data.
  private static void stopLeftBehind(Path pidFile) throws IOException, InterruptedException {
    if (!Files.exists(pidFile)) {
      return;
    }
    String pid = Files.readString(pidFile).strip();
    Optional<ProcessHandle> left =
        (pid.matches("\\d{1,18}")
                ? ProcessHandle.of(Long.parseLong(pid))
                : Optional.<ProcessHandle>empty())
            .filter(handle -> handle.info().command().orElse("").contains("redis"));
    if (left.isPresent()) {
      stop(left.get(), () -> Files.notExists(pidFile)); // a dead one may stay listed for good
    }
    Files.deleteIfExists(pidFile);
  }

  /// An older Redis would not see what a newer one wrote and start empty.
  private static void checkVersion(RedisBinary binary, Path data) throws IOException {
    Path written = data.resolve("major-version");
    int before = Files.exists(written) ? Integer.parseInt(Files.readString(written).strip()) : 0;
    if (before > binary.major()) {
      throw new LocalException(
          ("The data in %s was written by Redis %d, and the redis-server found is %s. "
                  + "Install Redis %d or later, or delete that folder.")
              .formatted(data, before, binary.version(), before));
    }
    Files.writeString(written, String.valueOf(binary.major()));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static ProcessHandle launch(RedisBinary binary, String path, Path data, int port)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    // In a session of its own a Ctrl-C does not reach it, and the nodes can drain into it.
    RedisBinary.onPath("setsid", path).ifPresent(setsid -> command.add(setsid.toString()));
    command.add(binary.file().toString());
    command.addAll(List.of("--port", String.valueOf(port), "--bind", "127.0.0.1"));
    command.addAll(List.of("--dir", data.toString(), "--pidfile", pidFile(data).toString()));
    command.addAll(List.of("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""));
    command.addAll(List.of("--maxmemory-policy", "noeviction"));
    Path log = data.resolveSibling("redis.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean inTime =
        until(START_LIMIT, () -> !process.isAlive() || read(log).contains("Ready to accept"));
    if (!inTime || !process.isAlive()) {
      process.destroyForcibly();
      throw new LocalException(
          "redis-server %s (%s) did not start:%n%s"
              .formatted(binary.version(), binary.file(), read(log)));
    }
    return process.toHandle();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  /// Where it listens, on 127.0.0.1 alone.
  public int port() {
    return port;
  }

  /// Such as `7.0.15`.
  public String version() {
    return version;
  }

  /// Stops the server at once: nodes that were killed have released nothing.
  void closeAtOnce() throws IOException, InterruptedException {
    stop(server, () -> false);
    lock.close();
  }

  /// Stops the server.
  @Override
  public void close() throws IOException, InterruptedException {
    forgetReleased();
    stop(server, () -> false);
    lock.close();
  }

  /// After a restart of Redis a lease that was released is waited for like any other, since Redis
  /// may have come back with an older state. This one comes back as it is now.
  private void forgetReleased() {
    try (Redis redis =
        new Redis(
            RedisConfig.parse("127.0.0.1:" + port),
            new Namespace("scheduler"),
            new Redis.Pool("run", 1, LAST_CALL),
            RedisListener.NONE)) {
      redis.eval(FORGET_RELEASED, List.of(), List.of());
    } catch (RedisException e) {
      // The next leader begins a little later.
    }
  }

  /// Ends it, by force if it takes too long; its data is on disk either way.
  private static void stop(ProcessHandle process, BooleanSupplier gone)
      throws InterruptedException {
    process.destroy();
    if (!until(STOP_LIMIT, () -> gone.getAsBoolean() || !process.isAlive())) {
      process.destroyForcibly();
    }
  }

  private static boolean until(Duration limit, BooleanSupplier done) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return true;
  }
}
