package dev.taskscheduler.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The AOT cache by which every start of the same build but the first is fast. It is made in the
/// background of the first, at the lowest priority, by a node with a Redis of its own.
///
/// `./run` names the file after a sum of the jars and the JDK, since the JVM does not compare them
/// with the cache.
final class AotCache implements AutoCloseable {
  private static final String TRAINED = "dev.taskscheduler.AotTraining";
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
  private static final int ROUNDS = 30;
  private static final Duration LOAD_OF_ONE = Duration.ofSeconds(4);
  private static final Duration LOAD_OF_MANY = Duration.ofSeconds(10);
  private static final int CONNECTIONS = 32;

  private final Path file;
  private final Path folder;
  private final String path;
  private Optional<Thread> maker = Optional.empty(); // guarded by this
  private Optional<NodeProcess> node = Optional.empty(); // guarded by this
  private boolean closed; // guarded by this

  /// @param file where the cache is kept
  /// @param folder for what the training writes
  /// @param path folders to look for programs in
  AotCache(Path file, Path folder, String path) {
    this.file = file;
    this.folder = folder;
    this.path = path;
  }

  /// JVM options that use the cache; none while there is none.
  List<String> options() {
    return Files.exists(file)
        ? List.of("-XX:AOTCache=" + file, "-Xlog:aot*=off", "-Xlog:cds*=off")
        : List.of();
  }

  /// Makes the cache in the background if there is none yet. If that fails, starts stay slow and
  /// nothing else changes.
  synchronized void makeIfMissing() {
    if (!closed && !Files.exists(file) && Files.isWritable(file.getParent())) {
      maker = Optional.of(Thread.ofPlatform().daemon().name("aot-cache").start(this::make));
    }
  }

  private void make() {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (LocalRedis redis = LocalRedis.start(folder.resolve("redis"), path)) {
      List<Integer> ports = LocalRaft.freePorts(3);
      deleteOlder();
      if (train(redis, ports, part)) {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException | LocalException e) {
      // the next run tries again
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      delete(folder);
    }
  }

  /// Whether a cache was made.
  private boolean train(LocalRedis redis, List<Integer> ports, Path part)
      throws IOException, InterruptedException {
    NodeProcess started;
    synchronized (this) {
      if (closed) {
        return false;
      }
      List<String> before = new ArrayList<>();
      RedisBinary.onPath("nice", path)
          .ifPresent(nice -> before.addAll(List.of(nice.toString(), "-n", "19")));
      started =
          NodeProcess.start(
              new NodeProcess.Command(
                  before,
                  List.of("-XX:AOTCacheOutput=" + part, "-Xlog:aot*=off", "-Xlog:cds*=off"),
                  List.of(),
                  List.of(TRAINED, "127.0.0.1:" + ports.get(0), "127.0.0.1:" + ports.get(1))),
              new NodeProcess.Output.Nowhere(),
              Map.of(
                  "REDIS_ADDR",
                  "127.0.0.1:" + redis.port(),
                  "RAFT_BIND_ADDR",
                  "127.0.0.1:" + ports.get(2),
                  "RAFT_DATA_DIR",
                  folder.resolve("raft").toString(),
                  "RAFT_ELECTION_TIMEOUT",
                  "100ms"));
      node = Optional.of(started);
    }
    for (int port : ports.subList(0, 2)) {
      if (!exercise(new NodeProbe("localhost", port), started)) {
        return false;
      }
    }
    started.terminate(); // the JVM writes the cache at its end
    return started.process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) && Files.exists(part);
  }

  private static boolean exercise(NodeProbe node, NodeProcess started)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!node.ready(false)) {
      if (!started.process().isAlive() || System.nanoTime() - end > 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    for (int i = 0; i < ROUNDS; i++) {
      node.send(NodeProbe.submission("{\"priority\":\"high\",\"payload\":{\"i\":" + i + "}}"));
    }
    for (String page :
        List.of("/health", "/leader", "/metrics", "/swagger/", "/ui/", "/status?id=none")) {
      node.send(NodeProbe.request(page));
    }
    Load load = new Load(node); // one caller and many take different paths
    load.run(1, LOAD_OF_ONE);
    load.run(CONNECTIONS, LOAD_OF_MANY);
    return true;
  }

  private void deleteOlder() throws IOException {
    try (Stream<Path> files = Files.list(file.getParent())) {
      for (Path older :
          files
              .filter(f -> f.getFileName().toString().matches("local-.*\\.aot(\\.part.*)?"))
              .toList()) {
        Files.deleteIfExists(older);
      }
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // a later training writes there again
    }
  }

  /// Ends a training that is under way, with its Redis.
  @Override
  public void close() throws InterruptedException {
    Optional<Thread> making;
    synchronized (this) {
      closed = true;
      node.ifPresent(NodeProcess::kill);
      making = maker;
    }
    if (making.isPresent()) {
      making.get().join(STOP_LIMIT);
    }
  }
}
