package dev.taskscheduler.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/// Runs the scripts that start Redis and the Sentinels in Compose and in Kubernetes: three of each,
/// on loopback addresses in place of names.
@Timeout(120)
class SentinelStartIT {
  private static final Path SCRIPTS = Path.of("k8s/overlays/sentinel/start").toAbsolutePath();
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir private Path folder;
  private final List<Part> servers = new ArrayList<>();
  private final List<Part> sentinels = new ArrayList<>();

  /// A script's process, in a folder that outlives it.
  private final class Part {
    private final String script;
    private final String host;
    private final int port;
    private final Path data;
    private final Map<String, String> more;
    private Process process;

    private Part(String script, int number, int port, Map<String, String> more) {
      this.script = script;
      this.host = "127.0.0." + number;
      this.port = port;
      this.data = folder.resolve(host);
      this.more = more;
    }

    private void start() throws IOException {
      Files.createDirectories(data);
      ProcessBuilder builder =
          new ProcessBuilder(
                  "sh",
                  SCRIPTS.resolve(script).toString(),
                  "--bind",
                  host,
                  "--port",
                  String.valueOf(port))
              .directory(data.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
      builder.environment().putAll(more);
      builder.environment().put("NAME", host);
      builder.environment().put("PASSWORD_FILE", folder.resolve("password").toString());
      process = builder.start();
    }

    private Path log() {
      return folder.resolve(host + ".log");
    }

    private String said() {
      try {
        return Files.readString(log());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private Jedis jedis() {
      try {
        Jedis jedis = new Jedis(host, port, 2000);
        jedis.auth(Files.readString(folder.resolve("password")));
        return jedis;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    /// `master`, or the host that it copies once the copy is whole; else nothing.
    private String role() {
      try (Jedis jedis = jedis()) {
        String replication = jedis.info("replication");
        if (replication.contains("role:master")) {
          return "master";
        }
        return replication.contains("master_link_status:up")
            ? replication.replaceAll("(?s).*master_host:([^\r]*).*", "$1")
            : "";
      } catch (JedisException e) {
        return "";
      }
    }

    private void kill() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private void lose() throws IOException {
      try (Stream<Path> files = Files.walk(data)) {
        for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  @BeforeEach
  void makeParts() throws IOException {
    Files.writeString(folder.resolve("password"), "sesame");
    int redis = freePort();
    int sentinel = freePort();
    List<Integer> numbers = List.of(5, 6, 7);
    String addresses =
        numbers.stream().map(n -> "127.0.0." + n + ":" + sentinel).collect(Collectors.joining(" "));
    for (int number : List.of(2, 3, 4)) {
      servers.add(new Part("redis", number, redis, Map.of("SENTINELS", addresses)));
    }
    for (int number : numbers) {
      sentinels.add(
          new Part("sentinel", number, sentinel, Map.of("PRIMARY", "127.0.0.2 " + redis)));
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @AfterEach
  void kill() {
    Stream.concat(servers.stream(), sentinels.stream())
        .filter(part -> part.process != null)
        .forEach(Part::kill);
  }

  private static void start(List<Part> parts) throws IOException {
    for (Part part : parts) {
      part.start();
    }
  }

  /// Waits until one server is the primary and the others have copied it.
  private void awaitGroup(Part primary) {
    Eventually.await(
        primary.host + " is the primary of all",
        LIMIT,
        () ->
            servers.stream()
                .allMatch(
                    server -> server.role().equals(server == primary ? "master" : primary.host)));
    Eventually.await(
        "the Sentinels know both replicas and each other",
        LIMIT,
        () -> sentinels.stream().allMatch(sentinel -> knowsAll(sentinel, primary)));
  }

  private static boolean knowsAll(Part sentinel, Part primary) {
    try (Jedis jedis = sentinel.jedis()) {
      Map<String, String> state = jedis.sentinelMaster("mymaster");
      return state.get("ip").equals(primary.host)
          && "2".equals(state.get("num-slaves"))
          && "2".equals(state.get("num-other-sentinels"));
    } catch (JedisException e) {
      return false;
    }
  }

  private Part awaitPromoted(Part former) {
    Eventually.await(
        "a replica is promoted",
        LIMIT,
        () -> servers.stream().anyMatch(s -> s != former && s.role().equals("master")));
    return servers.stream().filter(s -> s.role().equals("master")).findFirst().orElseThrow();
  }

  @Test
  void nobody_starts_as_a_primary_before_most_sentinels_say_so() throws Exception {
    start(servers);
    sentinels.getFirst().start();
    for (Part server : servers) {
      Eventually.await(
          "it has heard one Sentinel, and waits",
          LIMIT,
          () -> server.said().contains("the Sentinels say: 0 127.0.0.2"));
      assertEquals("", server.role());
    }
    start(sentinels.subList(1, 3));
    awaitGroup(servers.getFirst());
    try (Jedis jedis = servers.getFirst().jedis()) {
      assertEquals("1", jedis.configGet("min-replicas-to-write").get("min-replicas-to-write"));
      assertEquals("2", jedis.configGet("min-replicas-max-lag").get("min-replicas-max-lag"));
      assertEquals("yes", jedis.configGet("appendonly").get("appendonly"));
    }
  }

  @Test
  void a_former_primary_follows_the_new_one_also_after_a_stop_of_all() throws Exception {
    start(sentinels);
    start(servers);
    Part first = servers.getFirst();
    awaitGroup(first);
    first.kill();
    Part second = awaitPromoted(first);
    try (Jedis jedis = second.jedis()) {
      Eventually.await(
          "the other replica follows",
          LIMIT,
          () -> jedis.info("replication").contains("min_slaves_good_slaves:1"));
      jedis.set("since", "the failover");
    }
    servers.forEach(Part::kill);
    sentinels.forEach(Part::kill);
    Files.writeString(folder.resolve("password"), "another"); // as a new one comes into use
    start(servers);
    start(sentinels);
    awaitGroup(second);
    for (Part server : servers) {
      try (Jedis jedis = server.jedis()) {
        assertEquals("the failover", jedis.get("since"), server.host);
      }
    }
    assertTrue(first.said().contains("starting as replicaof " + second.host), first::said);
  }

  @Test
  void a_primary_that_lost_its_data_waits_until_a_replica_is_promoted() throws Exception {
    start(sentinels);
    start(servers);
    Part first = servers.getFirst();
    awaitGroup(first);
    try (Jedis jedis = first.jedis()) {
      jedis.set("still", "there");
      assertEquals(2, jedis.waitReplicas(2, 5000));
    }
    first.kill();
    first.lose();
    first.start();
    Part second = awaitPromoted(first);
    awaitGroup(second);
    try (Jedis jedis = first.jedis()) {
      assertEquals("there", jedis.get("still"));
    }
  }

  @Test
  void no_password_stands_in_arguments_or_the_environment() throws Exception {
    start(sentinels);
    start(servers);
    awaitGroup(servers.getFirst());
    for (Part part : Stream.concat(servers.stream(), sentinels.stream()).toList()) {
      Path process = Path.of("/proc", String.valueOf(part.process.pid()));
      for (String file : List.of("cmdline", "environ")) {
        assertFalse(Files.readString(process.resolve(file)).contains("sesame"), part.host);
      }
      assertFalse(part.said().contains("sesame"), part::said);
    }
    Path state = sentinels.getFirst().data.resolve("sentinel.conf");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(state)));
  }
}
