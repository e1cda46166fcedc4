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
import java.util.concurrent.TimeUnit;
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
  void nothing_is_left_behind() throws IOException, InterruptedException {
    var state = RedisState.read(folder.resolve("state"));
    if (state.isPresent()) {
      RedisProcess.stop(state.get().server());
    }
  }

  /// Runs in a process of its own: uses the Redis of a folder until its input ends.
  static final class User {
    private User() {}

    public static void main(String[] args) throws Exception {
      try (var redis = LocalRedis.open(Path.of(args[0]), args[1])) {
        System.out.println(redis.port());
        while (System.in.read() >= 0) {
          // until the end
        }
      }
    }
  }

  private record Running(Process process, int port) {
    void finish() throws IOException, InterruptedException {
      process.getOutputStream().close();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
    }
  }

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

  private Proc server() throws IOException {
    return RedisState.read(folder.resolve("state")).orElseThrow().server();
  }

  @Test
  void its_data_is_kept_between_runs() throws Exception {
    Proc first;
    try (var redis = LocalRedis.open(folder, PATH);
        var client = client(redis.port())) {
      client.set("a", "kept");
      first = server();
    }
    assertFalse(first.alive());
    try (var redis = LocalRedis.open(folder, PATH);
        var client = client(redis.port())) {
      assertEquals("kept", client.get("a"));
    }
  }

  @Test
  void it_never_evicts_and_listens_here_only() throws Exception {
    try (var redis = LocalRedis.open(folder, PATH);
        var client = client(redis.port())) {
      String info = client.info();
      assertTrue(info.contains("aof_enabled:1"), info);
      assertTrue(info.contains("maxmemory_policy:noeviction"), info);
      assertEquals("127.0.0.1", client.configGet("bind").get("bind"));
    }
  }

  @Test
  void the_carried_binary_serves_where_none_is_installed() throws Exception {
    try (var redis = LocalRedis.open(folder, "");
        var client = client(redis.port())) {
      assertTrue(redis.origin().startsWith("started 6.2"), redis.origin());
      client.set("a", "b");
      assertEquals("b", client.get("a"));
    }
    assertFalse(Files.exists(folder.resolve("state")));
  }

  @Test
  void an_older_redis_is_not_started_on_data_that_it_would_not_see() throws Exception {
    LocalRedis.open(folder, PATH).close();
    Files.writeString(folder.resolve("data").resolve("major-version"), "99");
    var refused = assertThrows(LocalException.class, () -> LocalRedis.open(folder, PATH));
    assertTrue(refused.getMessage().contains("Redis 99"), refused.getMessage());
  }

  @Test
  void two_users_share_it_and_the_last_one_stops_it() throws Exception {
    var first = LocalRedis.open(folder, PATH);
    Running second = userInAnotherProcess();
    var third = LocalRedis.open(folder, PATH);
    assertEquals(first.port(), second.port());
    assertEquals("shared", third.origin());
    Proc server = server();
    first.close();
    third.close();
    assertTrue(answers(second.port()));
    second.finish();
    assertFalse(server.alive());
    assertFalse(Files.exists(folder.resolve("state")));
  }

  @Test
  void one_whose_user_was_killed_is_adopted_with_its_data() throws Exception {
    Running killed = userInAnotherProcess();
    try (var client = client(killed.port())) {
      client.set("a", "orphaned");
    }
    killed.process().destroyForcibly().waitFor();
    Proc server = server();
    try (var redis = LocalRedis.open(folder, PATH);
        var client = client(redis.port())) {
      assertEquals("adopted", redis.origin());
      assertEquals(killed.port(), redis.port());
      assertEquals("orphaned", client.get("a"));
    }
    assertFalse(server.alive());
  }

  @Test
  void one_whose_start_was_cut_short_is_stopped_before_another_touches_the_data() throws Exception {
    Running killed = userInAnotherProcess();
    killed.process().destroyForcibly().waitFor();
    Proc server = server();
    Files.delete(folder.resolve("state")); // as if it had not come to write it
    try (var redis = LocalRedis.open(folder, PATH)) {
      assertTrue(redis.origin().startsWith("started"), redis.origin());
      assertFalse(server.alive());
    }
  }

  @Test
  void one_that_itself_was_killed_is_started_again() throws Exception {
    var redis = LocalRedis.open(folder, PATH);
    server().handle().orElseThrow().destroyForcibly();
    var again = LocalRedis.open(folder, PATH);
    try {
      assertTrue(answers(again.port()));
    } finally {
      redis.close();
      again.close();
    }
  }

  @Test
  void a_start_that_fails_shows_what_redis_said() throws Exception {
    LocalRedis.open(folder, PATH).close();
    Path manifest = folder.resolve("data/appendonlydir/appendonly.aof.manifest");
    Files.writeString(manifest, "not a manifest\n");
    var failed = assertThrows(LocalException.class, () -> LocalRedis.open(folder, PATH));
    assertTrue(failed.getMessage().contains("did not start"), failed.getMessage());
    assertTrue(failed.getMessage().contains("manifest"), failed.getMessage());
  }
}
