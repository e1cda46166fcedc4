package dev.taskscheduler.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The unit for systemd: its command starts and stops a node, by the script of the distribution.
@Timeout(120)
class SystemdUnitIT {
  private static final Path UNIT = Path.of("docs/systemd/task-scheduler.service");
  private static final Path DISTRIBUTION = Path.of("src/main/dist");
  private static final Path INSTALLED = Path.of("/opt/task-scheduler");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private static String setting(String name) throws IOException {
    return Files.readAllLines(UNIT).stream()
        .filter(line -> line.startsWith(name + "="))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElseThrow();
  }

  /// The command, with `home` in place of the folder where the distribution is installed.
  private static String command(Path home) throws IOException {
    String command = setting("ExecStart");
    assertTrue(command.startsWith(INSTALLED + "/bin/"), command);
    return home.resolve(INSTALLED.relativize(Path.of(command))).toString();
  }

  /// What the distribution has in place, with the jars of this build.
  private Path distribution() throws IOException {
    Path home = Files.createDirectory(folder.resolve("task-scheduler"));
    for (String own : List.of("bin", "conf", "runners")) {
      Files.createSymbolicLink(home.resolve(own), DISTRIBUTION.resolve(own).toAbsolutePath());
    }
    // The jar names the libraries beside it.
    Path jar = Files.createDirectory(home.resolve("lib")).resolve("task-scheduler.jar");
    Files.createSymbolicLink(jar, Path.of("target/task-scheduler.jar").toAbsolutePath());
    Files.createSymbolicLink(jar.resolveSibling("lib"), Path.of("target/lib").toAbsolutePath());
    return home;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean ready(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5_000);
      socket
          .getOutputStream()
          .write(
              "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII)
          .endsWith("200");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void the_command_starts_a_node_that_keeps_its_state_where_systemd_says_and_ends_as_expected()
      throws Exception {
    int port = freePort();
    Path log = folder.resolve("log");
    Path state = Files.createDirectory(folder.resolve("state"));
    try (RedisServer redis = new RedisServer()) {
      ProcessBuilder builder =
          new ProcessBuilder(command(distribution()))
              .directory(state.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().clear(); // as systemd does
      builder
          .environment()
          .putAll(
              Map.of(
                  "JAVA_HOME",
                  System.getProperty("java.home"),
                  "REDIS_ADDR",
                  redis.address(),
                  "LISTEN_ADDR",
                  "127.0.0.1:" + port,
                  "RAFT_BIND_ADDR",
                  "127.0.0.1:" + freePort(),
                  "STATE_DIRECTORY",
                  state.toString()));
      Process node = builder.start();
      try {
        Eventually.await("it is ready", LIMIT, () -> ready(port) || !node.isAlive());
        assertTrue(node.isAlive(), Files.readString(log));
        assertTrue(Files.isDirectory(state.resolve("raft-node1")));
        node.toHandle().destroy();
        assertTrue(node.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
        assertEquals(
            Integer.parseInt(setting("SuccessExitStatus")),
            node.exitValue(),
            Files.readString(log));
      } finally {
        node.destroyForcibly();
      }
    }
  }

  @Test
  void systemd_finds_no_fault_in_the_unit() throws Exception {
    Path analyze = Path.of("/usr/bin/systemd-analyze");
    assumeTrue(Files.isExecutable(analyze), "Debian's package systemd is not installed");
    // The same unit, but with programs that are here: systemd asks whether they exist.
    Path copy = folder.resolve("task-scheduler.service");
    String here = command(DISTRIBUTION.toAbsolutePath());
    Files.writeString(copy, Files.readString(UNIT).replace(command(INSTALLED), here));
    Process check =
        new ProcessBuilder(analyze.toString(), "verify", "--man=no", copy.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(check.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
    List<String> ours = said.lines().filter(line -> line.contains("task-scheduler")).toList();
    assertEquals(List.of(), ours, said);
    assertEquals(0, check.exitValue(), said);
  }
}
