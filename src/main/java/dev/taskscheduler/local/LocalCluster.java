package dev.taskscheduler.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
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
  private static final Pattern ADDRESS = Pattern.compile("(.*):(\\d{1,5})");

  private final Options options;
  private final Map<String, String> env;
  private final List<NodeProcess> nodes = new ArrayList<>(); // guarded by this
  private Optional<LocalRedis> redis = Optional.empty(); // guarded by this
  private volatile boolean stopping;

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
        redis = Optional.of(startRedis());
        shared.put("REDIS_ADDR", "127.0.0.1:" + redis.get().port());
      }
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

  private LocalRedis startRedis() throws IOException, InterruptedException {
    Path folder = folder().resolve("redis");
    LocalRedis started = LocalRedis.start(folder, given("PATH").orElse(""));
    System.out.println(
        "Redis %s: 127.0.0.1:%d, data in %s".formatted(started.version(), started.port(), folder));
    return started;
  }

  private void startNodes(Map<String, String> shared) throws IOException {
    if (options.nodes().isEmpty()) {
      Map<String, String> own =
          new LocalRaft(folder(), List.of(given("NODE_ID").orElse("node1"))).variables(0);
      // What is given wins: this one node may be a member of a group that its owner runs.
      own.keySet().removeIf(variable -> given(variable).isPresent());
      own.putAll(shared);
      nodes.add(NodeProcess.start(Optional.empty(), own));
      greet(given("LISTEN_ADDR").orElse(":8080"));
      return;
    }
    List<String> names =
        IntStream.rangeClosed(1, options.nodes().get()).mapToObj(i -> "node" + i).toList();
    LocalRaft group = new LocalRaft(folder(), names);
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      Map<String, String> own = new HashMap<>(shared);
      own.put("NODE_ID", name);
      own.put("LISTEN_ADDR", listen(given("LISTEN_ADDR").orElse(":8081"), i));
      own.putAll(group.variables(i));
      NodeProcess node = NodeProcess.start(Optional.of(name), own);
      nodes.add(node);
      System.out.println(
          "%s: listens on %s, process %d"
              .formatted(name, own.get("LISTEN_ADDR"), node.process().pid()));
    }
    greet(listen(given("LISTEN_ADDR").orElse(":8081"), 0));
  }

  /// Says what to open and what to paste; nothing where the port is not known yet.
  private static void greet(String listen) {
    String port = listen.substring(listen.lastIndexOf(':') + 1);
    if (port.equals("0") || !port.matches("\\d{1,5}")) {
      return;
    }
    System.out.println(
        """
        Once it is ready, open http://localhost:%1$s/swagger/ and http://localhost:%1$s/health, or submit a task:
          curl -X POST http://localhost:%1$s/submit -H 'Content-Type: application/json' -d '{"payload":{"job":"demo"}}'\
        """
            .formatted(port));
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
      nodes.forEach(NodeProcess::terminate);
      try {
        for (NodeProcess node : nodes) {
          node.join();
        }
        if (redis.isPresent()) {
          redis.get().close();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        System.err.println(e.getMessage());
      }
    }
  }
}
