package dev.taskscheduler.local;

import java.io.BufferedReader;
import java.io.File;
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
  private static final String NODE = "dev.taskscheduler.Main";
  private static final int AS_IF_TERMINATED = 143;
  private static final Duration LAST_LINES = Duration.ofSeconds(2);
  private static final String JAVA_OPTS = "-XX:+UseSerialGC -Xmx512m -XX:+ExitOnOutOfMemoryError";

  /// Runs in the child: a node whose input ends with the parent.
  ///
  /// @param args the main class of the node, by name since nothing but the JVM may depend on it,
  ///   and its arguments
  public static void main(String[] args) throws ReflectiveOperationException {
    Thread.ofPlatform().name("parent-watch").daemon().start(NodeProcess::endWithParent);
    Class.forName(args[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
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

  /// Where its lines go.
  sealed interface Output {
    /// To where this process writes.
    record Inherited() implements Output {}

    /// There too, each line with the name of its node before it.
    record Named(String name) implements Output {}

    record Nowhere() implements Output {}
  }

  /// What to run.
  ///
  /// @param before a program that runs it, such as `nice`; empty for none
  /// @param jvm more options of the JVM
  /// @param jars added to the class path
  /// @param main the class and its arguments
  record Command(List<String> before, List<String> jvm, List<Path> jars, List<String> main) {
    static Command node(List<String> jvm, List<Path> jars) {
      return new Command(List.of(), jvm, jars, List.of(NODE));
    }

    private List<String> words() {
      String given = Optional.ofNullable(System.getenv("JAVA_OPTS")).orElse("");
      String options = given.isBlank() ? JAVA_OPTS : given;
      List<String> words = new ArrayList<>(before);
      words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      words.addAll(Arrays.asList(options.strip().split("\\s+")));
      words.add("--enable-native-access=ALL-UNNAMED"); // Netty, inside Ratis, warns otherwise
      words.add("--sun-misc-unsafe-memory-access=allow");
      words.addAll(jvm);
      List<String> path = new ArrayList<>(List.of(System.getProperty("java.class.path")));
      jars.forEach(jar -> path.add(jar.toString()));
      words.addAll(List.of("-cp", String.join(File.pathSeparator, path)));
      words.add(NodeProcess.class.getName());
      words.addAll(main);
      return words;
    }
  }

  /// @param changes laid over the environment of this process
  static NodeProcess start(Command command, Output output, Map<String, String> changes)
      throws IOException {
    var builder = new ProcessBuilder(command.words()).redirectErrorStream(true);
    builder.environment().putAll(changes);
    switch (output) {
      case Output.Inherited() ->
          builder
              .redirectErrorStream(false)
              .redirectOutput(Redirect.INHERIT)
              .redirectError(Redirect.INHERIT);
      case Output.Nowhere() -> builder.redirectOutput(Redirect.DISCARD);
      case Output.Named named -> {
        // read below
      }
    }
    Process process = builder.start();
    return switch (output) {
      case Output.Named(String name) ->
          new NodeProcess(name, process, Optional.of(handOn(name, process)));
      case Output.Inherited(), Output.Nowhere() ->
          new NodeProcess("node", process, Optional.empty());
    };
  }

  /// Asks it to stop. Not by [Process#destroy], which would close its output and lose its last
  /// words.
  void terminate() {
    process.toHandle().destroy();
  }

  /// Ends it at once.
  void kill() {
    process.toHandle().destroyForcibly();
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
