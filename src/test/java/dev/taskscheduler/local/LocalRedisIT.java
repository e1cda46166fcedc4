package dev.taskscheduler.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

@Timeout(120)
class LocalRedisIT {
  private static final String PATH = System.getenv("PATH");

  @TempDir Path temporary;
  private Path folder;

  @BeforeEach
  void a_folder_with_a_space_in_its_name() {
    folder = temporary.resolve("local redis");
  }

  @AfterEach
  void nothing_is_left_behind() throws IOException {
    server(folder).ifPresent(ProcessHandle::destroyForcibly);
  }

  /// The server of a folder as its pid file names it.
  static Optional<ProcessHandle> server(Path folder) throws IOException {
    Path file = folder.resolve("redis.pid");
    return Files.exists(file)
        ? ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
        : Optional.empty();
  }

  /// Not so for one that is dead and only still listed, as in a container whose first process never
  /// asks how it ended.
  static boolean alive(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
      return process.isAlive() && !stat.startsWith(" Z", stat.lastIndexOf(')') + 1);
    } catch (IOException e) {
      return process.isAlive();
    }
  }

  /// Runs in a process of its own: holds the Redis of a folder until its input ends.
  static final class User {
    private User() {}

    public static void main(String[] args) throws Exception {
      try (var redis = LocalRedis.start(Path.of(args[0]), args[1])) {
        System.out.println(redis.port());
        while (System.in.read() >= 0) {
          // until the end
        }
      }
    }
  }

  private record Running(Process process, int port) {}

  private Running userInAnotherProcess() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                User.class.getName(),
                folder.toString(),
                PATH)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    return new Running(process, Integer.parseInt(out.readLine()));
  }

  private static RedisClient client(int port) {
    return RedisClient.create("127.0.0.1", port);
  }

  private static boolean answers(int port) {
    try (var client = client(port)) {
      return client.ping().equals("PONG");
    } catch (RuntimeException e) {
      return false;
    }
  }

  private ProcessHandle server() throws IOException {
    return server(folder).orElseThrow();
  }

  @Test
  void its_data_is_kept_between_runs() throws Exception {
    ProcessHandle first;
    try (var redis = LocalRedis.start(folder, PATH);
        var client = client(redis.port())) {
      client.set("a", "kept");
      first = server();
    }
    assertFalse(alive(first));
    try (var redis = LocalRedis.start(folder, PATH);
        var client = client(redis.port())) {
      assertEquals("kept", client.get("a"));
    }
  }

  @Test
  void it_never_evicts_and_listens_here_only() throws Exception {
    try (var redis = LocalRedis.start(folder, PATH);
        var client = client(redis.port())) {
      String info = client.info();
      assertTrue(info.contains("aof_enabled:1"), info);
      assertTrue(info.contains("maxmemory_policy:noeviction"), info);
      assertEquals("127.0.0.1", client.configGet("bind").get("bind"));
    }
  }

  @Test
  void the_carried_binary_serves_where_none_is_installed() throws Exception {
    try (var redis = LocalRedis.start(folder, "");
        var client = client(redis.port())) {
      assertTrue(redis.version().startsWith("6.2"), redis.version());
      client.set("a", "b");
      assertEquals("b", client.get("a"));
    }
    assertFalse(Files.exists(folder.resolve("redis.pid")));
  }

  @Test
  void an_older_redis_is_not_started_on_data_that_it_would_not_see() throws Exception {
    LocalRedis.start(folder, PATH).close();
    Files.writeString(folder.resolve("data").resolve("major-version"), "99");
    var refused = assertThrows(LocalException.class, () -> LocalRedis.start(folder, PATH));
    assertTrue(refused.getMessage().contains("Redis 99"), refused.getMessage());
  }

  @Test
  void a_folder_that_another_run_uses_is_refused() throws Exception {
    Running other = userInAnotherProcess();
    var refused = assertThrows(LocalException.class, () -> LocalRedis.start(folder, PATH));
    assertTrue(refused.getMessage().contains("LOCAL_DIR"), refused.getMessage());
    assertTrue(answers(other.port()));
    other.process().getOutputStream().close();
    assertEquals(0, other.process().waitFor());
    LocalRedis.start(folder, PATH).close();
  }

  @Test
  void one_whose_run_was_killed_is_stopped_before_another_touches_its_data() throws Exception {
    Running killed = userInAnotherProcess();
    try (var client = client(killed.port())) {
      client.set("a", "orphaned");
    }
    killed.process().destroyForcibly().waitFor();
    ProcessHandle server = server();
    assertTrue(answers(killed.port()));
    try (var redis = LocalRedis.start(folder, PATH);
        var client = client(redis.port())) {
      assertFalse(alive(server));
      assertEquals("orphaned", client.get("a"));
    }
  }

  @Test
  void one_that_itself_was_killed_is_started_again() throws Exception {
    var redis = LocalRedis.start(folder, PATH);
    server().destroyForcibly();
    redis.close();
    try (var again = LocalRedis.start(folder, PATH)) {
      assertTrue(answers(again.port()));
    }
  }

  @Test
  void a_signal_to_the_group_of_the_run_does_not_reach_it() throws Exception {
    Running run = userInAnotherProcess();
    String own = group(run.process().pid());
    assertFalse(own.equals(group(server().pid())), own);
    run.process().getOutputStream().close();
    assertEquals(0, run.process().waitFor());
  }

  private static String group(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[2];
  }

  @Test
  void a_start_that_fails_shows_what_redis_said() throws Exception {
    LocalRedis.start(folder, PATH).close();
    Path manifest = folder.resolve("data/appendonlydir/appendonly.aof.manifest");
    Files.writeString(manifest, "not a manifest\n");
    var failed = assertThrows(LocalException.class, () -> LocalRedis.start(folder, PATH));
    assertTrue(failed.getMessage().contains("did not start"), failed.getMessage());
    assertTrue(failed.getMessage().contains("manifest"), failed.getMessage());
  }
}
