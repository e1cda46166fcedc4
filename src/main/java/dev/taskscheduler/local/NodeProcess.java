package dev.taskscheduler.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A node in a JVM of its own, which ends in order when `./run` is gone: even one that was killed
/// leaves no node behind.
///
/// @param name for people
/// @param output hands its lines on; empty where it writes for itself
record NodeProcess(String name, Process process, Optional<Thread> output) {
  private static final int AS_IF_TERMINATED = 143;
  private static final Duration LAST_LINES = Duration.ofSeconds(2);
  private static final String JAVA_OPTS = "-XX:+UseSerialGC -Xmx512m -XX:+ExitOnOutOfMemoryError";

  /// Runs in the child: a node whose input ends with the parent.
  ///
  /// @param args none
  public static void main(String[] args) throws ReflectiveOperationException {
    Thread.ofPlatform().name("parent-watch").daemon().start(NodeProcess::endWithParent);
    // By name: nothing but the JVM may depend on Main.
    Class.forName("dev.taskscheduler.Main")
        .getMethod("main", String[].class)
        .invoke(null, (Object) args);
  }

  /// The parent holds the other end of the input, writes nothing, and the system closes it with its
  /// life.
  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {
        // what is typed means nothing
      }
    } catch (IOException e) {
      // as good as its end
    }
    System.exit(AS_IF_TERMINATED);
  }

  /// @param prefix what its lines begin with; empty to hand its output on as it is
  /// @param changes laid over the environment of this process
  static NodeProcess start(Optional<String> prefix, Map<String, String> changes)
      throws IOException {
    String given = System.getenv("JAVA_OPTS");
    String options = given == null || given.isBlank() ? JAVA_OPTS : given;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(options.strip().split("\\s+")));
    command.add("--enable-native-access=ALL-UNNAMED"); // Netty, inside Ratis, warns otherwise
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), NodeProcess.class.getName()));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(changes);
    if (prefix.isEmpty()) {
      builder
          .redirectErrorStream(false)
          .redirectOutput(Redirect.INHERIT)
          .redirectError(Redirect.INHERIT);
    }
    Process process = builder.start();
    return new NodeProcess(
        prefix.orElse("node"), process, prefix.map(name -> handOn(name, process)));
  }

  /// Asks it to stop. Not by [Process#destroy], which would close its output and lose its last
  /// words.
  void terminate() {
    process.toHandle().destroy();
  }

  /// Waits until it has ended, which it does by itself (DRAIN_TIMEOUT), and its last line was
  /// handed on.
  void join() throws InterruptedException {
    process.waitFor();
    if (output.isPresent()) {
      output.get().join(LAST_LINES);
    }
  }

  private static Thread handOn(String name, Process process) {
    return Thread.ofPlatform()
        .name("output-" + name)
        .daemon()
        .start(() -> {
          try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
              System.out.println(name + " | " + line);
            }
          } catch (IOException e) {
            System.out.println(name + " | (its output cannot be read any more: " + e + ")");
          }
        });
  }
}
