package dev.taskscheduler.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.redis.RedisListener;
import dev.taskscheduler.testing.RedisGroups;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A Redis that speaks TLS and asks for certificates, as it does by itself.
class RedisTlsIT {
  @TempDir static Path folder;
  private static RedisServer server;
  private static int port;

  @BeforeAll
  static void start() throws IOException {
    make("ca", "-addext", "basicConstraints=critical,CA:TRUE");
    for (String name : List.of("redis", "node")) {
      make(
          name,
          "-CA",
          file("ca.crt"),
          "-CAkey",
          file("ca.key"),
          "-addext",
          "subjectAltName=IP:127.0.0.1");
    }
    port = freePort();
    server = new RedisServer(tls(port));
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static String[] tls(int port) {
    return new String[] {
      "tls-port " + port,
      "tls-cert-file " + file("redis.crt"),
      "tls-key-file " + file("redis.key"),
      "tls-ca-cert-file " + file("ca.crt"),
      "tls-replication yes", // of a Sentinel also its calls to the primary
      "tls-auth-clients yes"
    };
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String file(String name) {
    return folder.resolve(name).toString();
  }

  private static void make(String name, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1"));
    command.addAll(List.of("-nodes", "-days", "2", "-subj", "/CN=" + name));
    command.addAll(List.of("-keyout", file(name + ".key"), "-out", file(name + ".crt")));
    command.addAll(List.of(more));
    Process openssl = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(openssl.getInputStream().readAllBytes());
    openssl.onExit().orTimeout(30, TimeUnit.SECONDS).join();
    assertEquals(0, openssl.exitValue(), output);
  }

  private static Redis redis(String address, String... files) {
    Map<String, String> env = new HashMap<>(Map.of("REDIS_ADDR", address));
    for (int i = 0; i < files.length; i += 2) {
      env.put(files[i], file(files[i + 1]));
    }
    return new Redis(
        SchedulerConfig.of(env, Map.of()).redis(),
        new Namespace("scheduler"),
        new Redis.Pool("test", 2, Duration.ofSeconds(5)),
        RedisListener.NONE);
  }

  private static void assertTold(Redis redis, String words) {
    try (redis) {
      var e = assertThrows(RedisException.Unreachable.class, () -> redis.info("server"));
      assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
    }
  }

  private static String address() {
    return "rediss://127.0.0.1:" + port;
  }

  @Test
  void it_is_shown_a_certificate_and_shows_one_of_a_signer_that_is_named() {
    try (Redis redis =
        redis(
            address(),
            "REDIS_TLS_CA",
            "ca.crt",
            "REDIS_TLS_CERT",
            "node.crt",
            "REDIS_TLS_KEY",
            "node.key")) {
      assertTrue(redis.info("server").field("redis_version").isPresent());
    }
  }

  @Test
  void sentinels_are_called_over_tls_too() throws IOException {
    int sentinelPort = freePort();
    try (RedisServer sentinel = RedisGroups.sentinelOf(port, tls(sentinelPort));
        Redis redis =
            redis(
                "rediss-sentinel://127.0.0.1:" + sentinelPort + "/mymaster",
                "REDIS_TLS_CA",
                "ca.crt",
                "REDIS_TLS_CERT",
                "node.crt",
                "REDIS_TLS_KEY",
                "node.key")) {
      assertTrue(redis.info("server").field("redis_version").isPresent());
      assertTold(
          redis(
              "rediss-sentinel://127.0.0.1:" + sentinelPort + "/mymaster",
              "REDIS_TLS_CERT",
              "node.crt",
              "REDIS_TLS_KEY",
              "node.key"),
          "set REDIS_TLS_CA");
    }
  }

  @Test
  void what_is_missing_is_named() {
    assertTold(redis(address(), "REDIS_TLS_CA", "ca.crt"), "set REDIS_TLS_CERT and REDIS_TLS_KEY");
    assertTold(
        redis(address(), "REDIS_TLS_CERT", "node.crt", "REDIS_TLS_KEY", "node.key"),
        "set REDIS_TLS_CA");
    assertTold(redis("rediss://nobody.invalid:1"), "the host name has no address");
    assertTold(redis("nobody.invalid:1"), "the host name has no address");
  }

  @Test
  void files_without_tls_or_without_each_other_are_a_fault() {
    for (List<String> given :
        List.of(
            List.of("redis:1", "REDIS_TLS_CA"), List.of("rediss://redis:1", "REDIS_TLS_CERT"))) {
      Map<String, String> env =
          Map.of("REDIS_ADDR", given.getFirst(), given.getLast(), file("ca.crt"));
      var e = assertThrows(ConfigException.class, () -> SchedulerConfig.of(env, Map.of()));
      assertTrue(String.valueOf(e.getMessage()).contains("REDIS_"), e.getMessage());
    }
  }
}
