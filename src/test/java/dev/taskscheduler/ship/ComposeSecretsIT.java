package dev.taskscheduler.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.conf.SchedulerConfig;
import dev.taskscheduler.redis.RedisAddress;
import dev.taskscheduler.redis.RedisLogin;
import dev.taskscheduler.redis.RedisTopology;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/// Runs the script of the Compose file's service `secrets`, then a Redis by what it wrote.
class ComposeSecretsIT {
  @TempDir private Path folder;

  /// The files belong to other users in a container; here all to this one.
  private void makeSecrets() throws Exception {
    String script =
        String.join("\n", Compose.command(Compose.services().get("secrets")))
            .replace("/redis-secrets/", folder + "/redis/")
            .replace(" /secrets/", " " + folder + "/node/");
    Files.createDirectories(folder.resolve("redis"));
    Files.createDirectories(folder.resolve("node"));
    Process process =
        new ProcessBuilder("sh", "-euc", "chown() { :; }\n" + script)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(10, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), said);
    assertEquals("", said);
  }

  private String text(String file) throws IOException {
    Path path = folder.resolve(file);
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)), file);
    return Files.readString(path).strip();
  }

  @Test
  void secrets_are_made_once_and_differ_each_time() throws Exception {
    makeSecrets();
    String password = text("node/redis-password");
    String raft = text("node/raft-secret");
    assertTrue(password.matches("[0-9a-f]{64}"));
    assertEquals(32, Base64.getDecoder().decode(raft).length);

    Files.delete(folder.resolve("redis/redis.conf")); // what is derived is made anew
    makeSecrets();
    assertEquals(password, text("node/redis-password"));
    assertEquals(raft, text("node/raft-secret"));
    assertEquals("requirepass \"" + password + "\"", text("redis/redis.conf"));

    Files.delete(folder.resolve("redis/password"));
    makeSecrets();
    assertNotEquals(password, text("node/redis-password"));
    assertEquals(text("redis/password"), text("node/redis-password"));
  }

  @Test
  void redis_admits_the_nodes_alone_and_its_arguments_tell_nothing() throws Exception {
    makeSecrets();
    String password = text("node/redis-password");
    List<String> arguments = new ArrayList<>(Compose.command(Compose.services().get("redis")));
    assertEquals("redis-server", arguments.removeFirst());
    assertEquals("/redis-secrets/redis.conf", arguments.removeFirst());
    assertFalse(String.join(" ", arguments).contains("requirepass"));
    try (RedisServer server = new RedisServer("include " + folder.resolve("redis/redis.conf"))) {
      SchedulerConfig config =
          SchedulerConfig.load(
              Map.of(
                  "CONSENSUS_TYPE",
                  "redis",
                  "REDIS_ADDR",
                  server.address(),
                  "REDIS_PASSWORD_FILE",
                  folder.resolve("node/redis-password").toString()));
      RedisAddress address = ((RedisTopology.Single) config.redis().topology()).address();
      RedisLogin login = config.redis().login();
      assertEquals(Optional.of(password), login.password().map(Supplier::get));
      try (Jedis stranger = new Jedis(address.host(), address.port());
          Jedis node = new Jedis(address.host(), address.port())) {
        assertThrows(JedisException.class, stranger::ping);
        node.auth(login.password().orElseThrow().get());
        assertEquals("PONG", node.ping());
      }
    }
  }
}
