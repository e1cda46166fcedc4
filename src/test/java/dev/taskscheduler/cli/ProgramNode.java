package dev.taskscheduler.cli;

import dev.taskscheduler.Main;
import dev.taskscheduler.testing.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A node in a process of its own, on a free port, with tokens.
final class ProgramNode implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("http started host=\\S+ port=(\\d+)");
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private final Process process;
  private final List<String> output = new CopyOnWriteArrayList<>();
  private volatile String url = "";

  ProgramNode(String redis, Path tokens) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName());
    builder
        .environment()
        .putAll(
            Map.of(
                "NODE_ID", "node1",
                "REDIS_ADDR", redis,
                "LISTEN_ADDR", "127.0.0.1:0",
                "CONSENSUS_TYPE", "redis",
                "LEASE_TTL", "1s",
                "API_TOKENS_FILE", tokens.toString()));
    process = builder.redirectErrorStream(true).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    Thread.ofPlatform().daemon().start(this::read);
    Eventually.await(
        "the port is open",
        LIMIT,
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError(String.join("\n", output));
          }
          return !url.isEmpty();
        });
  }

  private void read() {
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        output.add(line);
        Matcher port = PORT.matcher(line);
        if (port.find()) {
          url = "http://127.0.0.1:" + port.group(1);
        }
      }
    } catch (IOException e) {
      output.add("output ends: " + e);
    }
  }

  String url() {
    return url;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
