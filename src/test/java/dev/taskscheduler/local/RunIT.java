package dev.taskscheduler.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `./run` as a person starts it: from another folder, with a Redis of its own.
@Timeout(180)
class RunIT {
  private static final Path SCRIPT = Path.of("run").toAbsolutePath();
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern ID = Pattern.compile("\"id\":\"([0-9a-f-]{36})\"");

  private static final Pattern LEADER = Pattern.compile("\"epoch\":(\\d+)");

  @TempDir Path temporary;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Process> runs = new ArrayList<>();
  private final Set<ProcessHandle> seen = new HashSet<>();
  private Path local;
  private int port;

  @BeforeEach
  void folders_and_ports() throws IOException {
    local = temporary.resolve("local data");
    port = freePorts(3);
  }

  @AfterEach
  void nothing_is_left_running() throws IOException, InterruptedException {
    runs.forEach(this::note);
    runs.forEach(Process::destroyForcibly);
    seen.forEach(ProcessHandle::destroyForcibly);
    LocalRedisIT.server(local.resolve("redis")).ifPresent(ProcessHandle::destroyForcibly);
    client.close();
  }

  private static int freePorts(int count) throws IOException {
    while (true) {
      List<ServerSocket> sockets = new ArrayList<>();
      try {
        sockets.add(new ServerSocket(0));
        int first = sockets.getFirst().getLocalPort();
        for (int i = 1; i < count; i++) {
          sockets.add(new ServerSocket(first + i));
        }
        return first;
      } catch (IOException | IllegalArgumentException e) {
        // one is taken: elsewhere
      } finally {
        for (ServerSocket socket : sockets) {
          socket.close();
        }
      }
    }
  }

  private Process run(Map<String, String> env, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.addAll(List.of(arguments));
    var builder =
        new ProcessBuilder(command)
            .directory(temporary.toFile())
            .redirectErrorStream(true)
            .redirectOutput(temporary.resolve("output").toFile());
    builder.environment().keySet().removeAll(Set.of("REDIS_ADDR", "CONSENSUS_TYPE", "NODE_ID"));
    builder.environment().put("LOCAL_DIR", local.toString());
    builder.environment().put("LISTEN_ADDR", "127.0.0.1:" + port);
    builder.environment().put("JAVA_OPTS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m");
    builder.environment().putAll(env);
    Process process = builder.start();
    runs.add(process);
    return process;
  }

  private void note(Process run) {
    run.descendants().forEach(seen::add);
  }

  private String output() {
    try {
      return Files.readString(temporary.resolve("output"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String get(int node, String path) {
    return send(node, HttpRequest.newBuilder().GET(), path);
  }

  private String send(int node, HttpRequest.Builder request, String path) {
    try {
      return client
          .send(
              request
                  .uri(URI.create("http://127.0.0.1:" + (port + node) + path))
                  .timeout(Duration.ofSeconds(10))
                  .build(),
              BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitHealth(int node) {
    Eventually.await(
        "node " + node + " answers", LIMIT, () -> get(node, "/health").contains("node_id"));
  }

  private String submit(int node) {
    String answer =
        send(
            node,
            HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"priority\":\"high\",\"payload\":{\"a\":1}}")),
            "/submit");
    Matcher id = ID.matcher(answer);
    assertTrue(id.find(), answer);
    return id.group(1);
  }

  private void awaitCompleted(int node, String id) {
    Eventually.await(
        "the task is completed",
        LIMIT,
        () -> get(node, "/status?id=" + id).contains("\"status\":\"completed\""));
  }

  private void terminate(Process run, int status) throws InterruptedException, IOException {
    note(run);
    ProcessHandle redis = LocalRedisIT.server(local.resolve("redis")).orElseThrow();
    run.destroy();
    assertTrue(run.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
    assertEquals(status, run.exitValue(), output());
    assertFalse(LocalRedisIT.alive(redis));
    seen.forEach(process -> assertFalse(LocalRedisIT.alive(process), process.toString()));
  }

  @Test
  void one_node_runs_a_task_ends_with_the_signal_and_keeps_the_task_for_the_next_run()
      throws Exception {
    Process run = run(Map.of());
    awaitHealth(0);
    String id = submit(0);
    awaitCompleted(0, id);
    terminate(run, 143);
    Process again = run(Map.of());
    awaitHealth(0);
    awaitCompleted(0, id);
    terminate(again, 143);
  }

  @Test
  void after_a_stop_in_order_the_next_run_leads_without_waiting_for_the_lease_of_the_last()
      throws Exception {
    Map<String, String> patient = Map.of("LEASE_TTL", "5m", "CONSENSUS_TYPE", "redis");
    Process run = run(patient);
    Eventually.await("it leads", LIMIT, () -> get(0, "/health").contains("\"is_leader\":true"));
    Matcher led = LEADER.matcher(get(0, "/leader"));
    assertTrue(led.find());
    long before = Long.parseLong(led.group(1));
    terminate(run, 143);
    Process again = run(patient);
    awaitHealth(0);
    Matcher leader = LEADER.matcher(get(0, "/leader"));
    assertTrue(!leader.find() || Long.parseLong(leader.group(1)) > before, leader::toString);
    Eventually.await("it leads", LIMIT, () -> get(0, "/health").contains("\"is_leader\":true"));
    terminate(again, 143);
  }

  @Test
  void three_nodes_agree_on_a_leader_and_one_of_them_may_die() throws Exception {
    Process run = run(Map.of(), "--nodes", "3");
    for (int node = 0; node < 3; node++) {
      awaitHealth(node);
    }
    String id = submit(2);
    awaitCompleted(1, id);
    assertTrue(output().contains("node3 | "), output());
    ProcessHandle redis = LocalRedisIT.server(local.resolve("redis")).orElseThrow();
    ProcessHandle child = run.children().filter(c -> !c.equals(redis)).findFirst().orElseThrow();
    child.destroyForcibly();
    Eventually.await(
        "its death is told",
        LIMIT,
        () -> output().contains("ended unexpectedly status=137 still_running=2"));
    terminate(run, 143);
    assertEquals(2, output().split("App: node stopped", -1).length - 1, output());
  }

  @Test
  void nodes_whose_run_was_killed_end_by_themselves_and_the_next_run_has_their_tasks()
      throws Exception {
    Process run = run(Map.of(), "--nodes", "2");
    awaitHealth(0);
    awaitHealth(1);
    String id = submit(0);
    ProcessHandle redis = LocalRedisIT.server(local.resolve("redis")).orElseThrow();
    note(run);
    seen.remove(redis);
    run.destroyForcibly();
    Eventually.await("no node is left", LIMIT, () -> seen.stream().noneMatch(LocalRedisIT::alive));
    assertTrue(LocalRedisIT.alive(redis));
    Process again = run(Map.of());
    awaitHealth(0);
    awaitCompleted(0, id);
    assertFalse(LocalRedisIT.alive(redis));
    terminate(again, 143);
  }

  @Test
  void a_fault_in_the_configuration_ends_with_status_2_and_stops_redis() throws Exception {
    Process run = run(Map.of("WORKER_COUNT", "none"));
    assertTrue(run.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
    assertEquals(2, run.exitValue());
    assertTrue(output().contains("WORKER_COUNT is 'none'"), output());
    assertFalse(Files.exists(local.resolve("redis").resolve("redis.pid")));
  }

  @Test
  void the_version_and_an_unknown_argument_are_answered_at_once() throws Exception {
    Process version = run(Map.of(), "--version");
    assertTrue(version.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
    assertEquals(0, version.exitValue());
    assertTrue(output().matches("(?s).*task-scheduler \\d+\\.\\d+\\.\\d+.*"), output());
    Process unknown = run(Map.of(), "--faster");
    assertTrue(unknown.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
    assertEquals(2, unknown.exitValue());
    assertFalse(Files.exists(local));
  }

  private static void interrupt(Process run) throws IOException, InterruptedException {
    assertEquals(0, new ProcessBuilder("kill", "-INT", "" + run.pid()).start().waitFor());
  }

  /// A task that would take a minute to end.
  private void submitLong() {
    String answer =
        send(
            0,
            HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"type\":\"sleep\",\"payload\":{\"ms\":600000}}")),
            "/submit");
    Matcher id = ID.matcher(answer);
    assertTrue(id.find(), answer);
    Eventually.await(
        "it runs", LIMIT, () -> get(0, "/status?id=" + id.group(1)).contains("\"running\""));
  }

  @Test
  void the_first_interrupt_says_what_it_waits_for_and_the_second_ends_at_once() throws Exception {
    Process run = run(Map.of("DRAIN_TIMEOUT", "1h"));
    awaitHealth(0);
    submitLong();
    note(run);
    interrupt(run);
    Eventually.await("it says so", LIMIT, () -> output().contains("waits 1h (DRAIN_TIMEOUT)"));
    assertTrue(run.isAlive());
    interrupt(run);
    assertTrue(run.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
    assertEquals(130, run.exitValue(), output());
    seen.forEach(process -> assertFalse(LocalRedisIT.alive(process), process.toString()));
    assertFalse(Files.exists(local.resolve("redis").resolve("redis.pid")));
  }

  @Test
  void the_banner_names_version_address_a_command_the_data_and_how_to_stop() throws Exception {
    Process run = run(Map.of("LEASE_TLL", "3s"));
    Eventually.await("the banner", LIMIT, () -> output().contains("is ready after"));
    String said = output();
    assertTrue(said.matches("(?s).*task-scheduler \\d+\\.\\d+\\.\\d+\\S* is ready.*"), said);
    assertTrue(said.contains("open     http://localhost:" + port + "/\n"), said);
    assertTrue(said.contains("http://localhost:" + port + "/swagger/"), said);
    assertTrue(said.contains("curl http://localhost:" + port + "/submit -H 'Content-Type"), said);
    assertTrue(said.contains(local.toString()), said);
    assertTrue(said.contains("a second Ctrl-C stops at once"), said);
    assertTrue(said.contains("LEASE_TLL is no setting"), said);
    assertTrue(said.contains("did you mean LEASE_TTL?"), said);
    terminate(run, 143);
  }

  @Test
  void a_folder_that_cannot_be_written_is_named_with_the_variable_that_sets_another()
      throws Exception {
    Path file = Files.createFile(temporary.resolve("a file"));
    Process run = run(Map.of("LOCAL_DIR", file.resolve("data").toString()));
    assertTrue(run.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
    assertEquals(2, run.exitValue());
    assertTrue(output().contains("Set LOCAL_DIR"), output());
    assertEquals(1, output().lines().filter(line -> line.contains("LOCAL_DIR")).count(), output());
  }
}
