package dev.taskscheduler.local;

import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.redis.RedisListener;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// A real redis-server for `./run`, its data kept in a folder between runs.
///
/// All that use one folder share one server: the first starts it, the last stops it. A server whose
/// users were all killed is adopted by the next. A lock file keeps one thing at a time.
public final class LocalRedis implements AutoCloseable {
  private static final Duration LOCK_LIMIT = Duration.ofMinutes(2); // longer than a start or a stop
  private static final Duration LAST_CALL = Duration.ofSeconds(2);
  private static final LuaScript FORGET_RELEASED =
      LuaScript.load(LocalRedis.class, "forget-released");
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final ReentrantLock IN_PROCESS = new ReentrantLock(); // file locks are a process's

  private final Path folder;
  private final RedisState.User user;
  private final int port;
  private final String origin;

  private LocalRedis(Path folder, RedisState.User user, int port, String origin) {
    this.folder = folder;
    this.user = user;
    this.port = port;
    this.origin = origin;
  }

  /// Starts the server of `folder`, or joins the one that runs.
  ///
  /// @param path folders to look for a redis-server in, as in the variable PATH; if it has none,
  ///   the one that the embedded-redis jar carries
  public static LocalRedis open(Path folder, String path) throws InterruptedException {
    Path absolute = folder.toAbsolutePath();
    var user = new RedisState.User(Proc.of(ProcessHandle.current()), NUMBERS.incrementAndGet());
    return locked(absolute, () -> join(absolute, path, user));
  }

  private static LocalRedis join(Path folder, String path, RedisState.User user)
      throws IOException, InterruptedException {
    Path file = folder.resolve("state");
    Optional<RedisState> found = RedisState.read(file);
    if (found.isPresent() && RedisProcess.answersSoon(found.get().server(), found.get().port())) {
      RedisState others = found.get().without(Optional.empty());
      others.with(user).write(file);
      return new LocalRedis(
          folder, user, others.port(), others.users().isEmpty() ? "adopted" : "shared");
    }
    RedisProcess.stopLeftBehind(folder);
    RedisBinary binary = RedisBinary.find(path, folder.resolve("bin"));
    keepsUp(binary, Files.createDirectories(folder.resolve("data")));
    RedisProcess.Started started = RedisProcess.start(binary, folder);
    new RedisState(started.process(), started.port(), List.of(user)).write(file);
    return new LocalRedis(folder, user, started.port(), "started " + binary.version());
  }

  /// An older Redis would not see what a newer one wrote and start empty.
  private static void keepsUp(RedisBinary binary, Path data) throws IOException {
    Path written = data.resolve("major-version");
    if (Files.exists(written)) {
      int before = Integer.parseInt(Files.readString(written).strip());
      if (before > binary.major()) {
        throw new LocalException(
            "The data in %s was written by Redis %d, and the redis-server found is %s. Install Redis %d or later, or delete that folder."
                .formatted(data, before, binary.version(), before));
      }
    }
    Files.writeString(written, String.valueOf(binary.major()));
  }

  /// Where it listens, on 127.0.0.1 alone.
  public int port() {
    return port;
  }

  /// `started <version>`, `adopted` or `shared`, for people.
  public String origin() {
    return origin;
  }

  /// Leaves the server, and stops it if nobody else uses it.
  @Override
  public void close() throws InterruptedException {
    locked(
        folder,
        () -> {
          Path file = folder.resolve("state");
          Optional<RedisState> state = RedisState.read(file);
          if (state.isEmpty()) {
            return false;
          }
          RedisState left = state.get().without(Optional.of(user));
          if (left.users().isEmpty()) {
            forgetReleased();
            RedisProcess.stop(left.server());
            Files.deleteIfExists(file);
          } else {
            left.write(file);
          }
          return true;
        });
  }

  /// After a restart of Redis a fence that was released is waited for like any other, since Redis
  /// may have come back with an older state. This one comes back as it is now.
  private void forgetReleased() {
    try (Redis redis =
        new Redis(
            RedisConfig.parse("127.0.0.1:" + port), "run", 1, LAST_CALL, RedisListener.NONE)) {
      redis.eval(FORGET_RELEASED, List.of(), List.of());
    } catch (RedisException e) {
      // The next leader begins a little later.
    }
  }

  private interface Locked<T> {
    T run() throws IOException, InterruptedException;
  }

  private static <T> T locked(Path folder, Locked<T> action) throws InterruptedException {
    IN_PROCESS.lock();
    try {
      Files.createDirectories(folder);
      try (var channel =
              FileChannel.open(
                  folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = lock(channel, folder)) {
        return action.run();
      }
    } catch (IOException e) {
      throw new LocalException("The folder for Redis cannot be used: " + e, e);
    } finally {
      IN_PROCESS.unlock();
    }
  }

  private static FileLock lock(FileChannel channel, Path folder)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LOCK_LIMIT.toNanos();
    for (FileLock lock = channel.tryLock(); ; lock = channel.tryLock()) {
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() - end > 0) {
        throw new LocalException("Another run has held " + folder.resolve("lock") + " too long");
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
