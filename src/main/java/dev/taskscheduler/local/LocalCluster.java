package dev.taskscheduler.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// `./run`: one node or several, each in a process of its own, and a Redis where none is given.
///
/// A signal to this process stops the nodes in order, then Redis; its exit status is the node's.
public final class LocalCluster {
  private static final int USAGE = 2;
  private static final String PRIVATE_TARGETS = "HTTP_ALLOW_PRIVATE";
  private static final String LOOPBACK = "localhost,127.0.0.0/8,::1";
  private static final Pattern LISTEN = Pattern.compile("(?m)^\\s+listen-addr\\s*:");
  private static final Pattern ADDRESS = Pattern.compile("(.*):(\\d{1,5})");

  private final Options options;
  private final Map<String, String> env;
  private final List<NodeProcess> nodes = new CopyOnWriteArrayList<>();
  private final long began = System.nanoTime();
  private Optional<LocalRedis> redis = Optional.empty(); // guarded by this
  private Optional<AotCache> cache = Optional.empty(); // guarded by this
  private volatile boolean stopping;
  private volatile boolean atOnce;

  private LocalCluster(Options options, Map<String, String> env) {
    this.options = options;
    this.env = env;
  }

  /// See `./run --help`.
  public static void main(String[] args) throws InterruptedException {
    try {
      Options options = Options.parse(args);
      switch (options.kind()) {
        case VERSION -> System.out.println("task-scheduler " + version());
        case HELP -> System.out.print(Options.HELP);
        case RUN -> System.exit(new LocalCluster(options, System.getenv()).run());
      }
    } catch (LocalException e) {
      System.err.println(e.getMessage());
      System.exit(USAGE);
    } catch (IOException e) {
      System.err.println("A file or process of ./run cannot be used: " + e);
      System.exit(USAGE);
    }
  }

  private static String version() throws IOException {
    var properties = new Properties();
    try (var resource = LocalCluster.class.getResourceAsStream("/build.properties")) {
      if (resource != null) {
        properties.load(resource);
      }
    }
    return properties.getProperty("version", "unknown");
  }

  private int run() throws InterruptedException, IOException {
    Path folder = writable(folder());
    StopSignals.install(this::stopAtOnce);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(this::stop));
    Map<String, String> shared = new HashMap<>();
    synchronized (this) {
      if (stopping) {
        return 0;
      }
      shared.put(
          "CONSENSUS_TYPE", options.election().orElse(given("CONSENSUS_TYPE").orElse("raft")));
      if (given(PRIVATE_TARGETS).isEmpty()) {
        shared.put(PRIVATE_TARGETS, LOOPBACK); // what is tried out is on this machine
      }
      if (given("REDIS_ADDR").isEmpty()) {
        redis = Optional.of(LocalRedis.start(folder.resolve("redis"), given("PATH").orElse("")));
        shared.put("REDIS_ADDR", "127.0.0.1:" + redis.get().port());
      }
      cache =
          Optional.ofNullable(System.getProperty("local.aot"))
              .filter(file -> given("JAVA_OPTS").isEmpty()) // which might not fit the cache
              .map(file ->
                  new AotCache(
                      Path.of(file), folder.resolve("aot-cache"), given("PATH").orElse("")));
      startNodes(shared);
    }
    return awaitNodes();
  }

  private Optional<String> given(String name) {
    return Optional.ofNullable(env.get(name)).filter(value -> !value.isBlank());
  }

  private Path folder() {
    return Path.of(given("LOCAL_DIR").orElse(System.getProperty("local.dir", ".local")))
        .toAbsolutePath()
        .normalize();
  }

  private static Path writable(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, "write", ""));
      return folder;
    } catch (IOException e) {
      throw new LocalException(
          "%s cannot be written (%s). Set LOCAL_DIR to a folder that this user may write to."
              .formatted(folder, e),
          e);
    }
  }

  private NodeProcess startNode(NodeProcess.Output output, Map<String, String> changes)
      throws IOException {
    List<String> jvm = cache.map(AotCache::options).orElse(List.of());
    NodeProcess node =
        NodeProcess.start(NodeProcess.Command.node(jvm, options.runners()), output, changes);
    nodes.add(node);
    return node;
  }

  /// Only this machine reaches a node until its owner says otherwise.
  private Optional<String> listenAddress(int port) throws IOException {
    Path yaml = Path.of("application.yaml");
    boolean inFile = Files.isRegularFile(yaml) && LISTEN.matcher(Files.readString(yaml)).find();
    return given("LISTEN_ADDR")
        .or(() -> inFile ? Optional.empty() : Optional.of("127.0.0.1:" + port));
  }

  private void startNodes(Map<String, String> shared) throws IOException {
    if (options.nodes().isEmpty()) {
      Map<String, String> own =
          new LocalRaft(folder(), List.of(given("NODE_ID").orElse("node1"))).variables(0);
      // What is given wins: this one node may be a member of a group that its owner runs.
      own.keySet().removeIf(variable -> given(variable).isPresent());
      if (given("RAFT_NODES").isPresent()) {
        own.remove("RAFT_ELECTION_TIMEOUT"); // the group's is for its owner to choose
      }
      own.putAll(shared);
      Optional<String> listen = listenAddress(8080);
      listen.ifPresent(address -> own.put("LISTEN_ADDR", address));
      NodeProcess node = startNode(new NodeProcess.Output.Inherited(), own);
      listen.ifPresent(address -> greet(node, address));
      return;
    }
    List<String> names =
        IntStream.rangeClosed(1, options.nodes().get()).mapToObj(i -> "node" + i).toList();
    LocalRaft group = new LocalRaft(folder(), names);
    String first = given("LISTEN_ADDR").orElse("127.0.0.1:8081");
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      Map<String, String> own = new HashMap<>(shared);
      own.put("NODE_ID", name);
      own.put("LISTEN_ADDR", listen(first, i));
      own.putAll(group.variables(i));
      NodeProcess node = startNode(new NodeProcess.Output.Named(name), own);
      System.out.println(
          "%s: listens on %s, process %d"
              .formatted(name, own.get("LISTEN_ADDR"), node.process().pid()));
    }
    greet(nodes.getFirst(), first);
  }

  /// Prints the banner once the node is ready; nothing where its port is not known.
  private void greet(NodeProcess node, String listen) {
    NodeProbe probe = NodeProbe.of(listen);
    if (probe.port() == 0) {
      return;
    }
    boolean tls = given("TLS_CERT").isPresent();
    Thread.ofPlatform()
        .daemon()
        .name("greeting")
        .start(() -> {
          try {
            while (!probe.ready(tls)) {
              if (stopping || !node.process().isAlive()) {
                return;
              }
              TimeUnit.MILLISECONDS.sleep(25);
            }
            System.out.print(banner(probe, tls).text(Duration.ofNanos(System.nanoTime() - began)));
            synchronized (this) {
              cache.filter(c -> !stopping).ifPresent(AotCache::makeIfMissing);
            }
          } catch (IOException | InterruptedException e) {
            System.err.println("The banner cannot be printed: " + e);
          }
        });
  }

  private synchronized Banner banner(NodeProbe probe, boolean tls) throws IOException {
    String data =
        redis
            .map(own ->
                "%s (Redis %s on 127.0.0.1:%d)".formatted(folder(), own.version(), own.port()))
            .orElse("in the Redis that REDIS_ADDR names");
    return new Banner(
        version(), probe, tls, given("API_TOKENS_FILE").isPresent(), data, drainTime());
  }

  private String drainTime() {
    return given("DRAIN_TIMEOUT")
        .orElse(Files.exists(Path.of("application.yaml")) ? "DRAIN_TIMEOUT" : "up to 10s");
  }

  /// The address of the node with number `i`, from 0; port 0 stays.
  static String listen(String first, int i) {
    Matcher address = ADDRESS.matcher(first);
    if (!address.matches()) {
      return first; // the node says what is wrong with it
    }
    int port = Integer.parseInt(address.group(2));
    return address.group(1) + ":" + (port == 0 ? 0 : port + i);
  }

  /// The status to end with once all nodes have ended: the only node's, or else the first that is
  /// not 0.
  private int awaitNodes() {
    List<NodeProcess> started;
    synchronized (this) {
      started = List.copyOf(nodes);
    }
    var left = new AtomicInteger(started.size());
    var status = new AtomicInteger();
    CompletableFuture.allOf(
            started.stream()
                .map(node ->
                    node.process()
                        .onExit()
                        .thenAccept(process -> {
                          status.compareAndSet(0, process.exitValue());
                          ended(node, left.decrementAndGet(), started.size() > 1);
                        }))
                .toArray(CompletableFuture<?>[]::new))
        .join();
    return started.size() > 1 && status.get() == 0 && !stopping ? 1 : status.get();
  }

  private void ended(NodeProcess node, int left, boolean several) {
    int status = node.process().exitValue();
    if (!stopping && (several || status != 0)) {
      System.err.println(
          "%s ended unexpectedly status=%d%s"
              .formatted(node.name(), status, several ? " still_running=" + left : ""));
    }
  }

  /// Stops the nodes, which drain, then Redis.
  private void stop() {
    stopping = true;
    synchronized (this) {
      if (nodes.stream().anyMatch(node -> node.process().isAlive())) {
        System.err.println(
            "Stopping: waits %s (DRAIN_TIMEOUT) for running tasks. Ctrl-C again stops at once."
                .formatted(drainTime()));
      }
      nodes.forEach(NodeProcess::terminate);
      try {
        if (cache.isPresent()) {
          cache.get().close();
        }
        for (NodeProcess node : nodes) {
          node.join();
        }
        if (redis.isPresent() && atOnce) {
          redis.get().closeAtOnce();
        } else if (redis.isPresent()) {
          redis.get().close();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        System.err.println(e.getMessage());
      }
    }
  }

  /// Ends the nodes while [#stop] waits for them; what they ran starts again at the next start.
  private void stopAtOnce() {
    atOnce = true;
    nodes.forEach(NodeProcess::kill);
  }
}
