package dev.taskscheduler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Runs commands in this process, with an environment of their own.
///
/// @param env beside which nothing is set
/// @param input typed or piped in
/// @param terminal whether a person types it
record CommandRun(Map<String, String> env, String input, boolean terminal) {
  /// What came of it.
  record Result(int status, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  static CommandRun at(String url) {
    return new CommandRun(Map.of("SCHEDULER_URL", url), "", false);
  }

  CommandRun with(String name, String value) {
    Map<String, String> more = new HashMap<>(env);
    more.put(name, value);
    return new CommandRun(more, input, terminal);
  }

  CommandRun piped(String text) {
    return new CommandRun(env, text, false);
  }

  CommandRun typed(String text) {
    return new CommandRun(env, text, true);
  }

  Result run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream outStream = new PrintStream(out, false, UTF_8);
    PrintStream errStream = new PrintStream(err, false, UTF_8);
    Shell shell =
        new Shell(
            env,
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            outStream,
            errStream,
            () -> terminal);
    int status = Commands.run(shell, args);
    outStream.flush();
    errStream.flush();
    return new Result(status, out.toString(UTF_8), err.toString(UTF_8));
  }
}
