package dev.taskscheduler.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A node in a JVM of its own.
///
/// @param name for people
/// @param output hands its lines on; empty where it writes for itself
record NodeProcess(String name, Process process, Optional<Thread> output) {
  private static final String MAIN = "dev.taskscheduler.Main"; // by name: see LocalNode
  private static final Duration LAST_LINES = Duration.ofSeconds(2);
  private static final String JAVA_OPTS = "-XX:+UseSerialGC -Xmx512m -XX:+ExitOnOutOfMemoryError";

  /// @param mark what its lines are marked with; empty to hand its output on as it is
  /// @param changes laid over the environment of this process
  static NodeProcess start(Optional<String> mark, Map<String, String> changes) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(javaOpts());
    command.add("--enable-native-access=ALL-UNNAMED"); // Netty, inside Ratis, warns otherwise
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(LocalNode.class.getName());
    command.add(MAIN);
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(changes);
    if (mark.isEmpty()) {
      builder.redirectOutput(Redirect.INHERIT).redirectError(Redirect.INHERIT);
    } else {
      builder.redirectErrorStream(true);
    }
    Process process = builder.start();
    return new NodeProcess(
        mark.orElse("node"), process, mark.map(m -> handOn(m, process, System.out)));
  }

  /// Asks it to stop. Not by [Process#destroy], which would close its output and lose its last
  /// words.
  void terminate() {
    process.toHandle().destroy();
  }

  /// Waits until it has ended and its last line was handed on.
  ///
  /// @return false if it still runs at `endNanos`
  boolean endsBy(long endNanos) throws InterruptedException {
    if (!process.waitFor(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS)) {
      return false;
    }
    if (output.isPresent()) {
      output.get().join(LAST_LINES);
    }
    return true;
  }

  private static List<String> javaOpts() {
    String given = System.getenv("JAVA_OPTS");
    String options = given == null || given.isBlank() ? JAVA_OPTS : given;
    return Arrays.asList(options.strip().split("\\s+"));
  }

  private static Thread handOn(String mark, Process process, PrintStream out) {
    return Thread.ofPlatform()
        .name("output-" + mark)
        .daemon()
        .start(() -> {
          try (var reader =
              new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
              out.println(mark + " | " + line);
            }
          } catch (IOException e) {
            out.println(mark + " | (its output cannot be read any more: " + e + ")");
          }
        });
  }
}
