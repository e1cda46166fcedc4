package dev.taskscheduler.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// The part of the process that a command may touch.
///
/// @param env its environment
/// @param in standard input
/// @param out standard output, for results
/// @param err standard error, for everything else
/// @param terminal whether a person sits at it; asked only where it matters, for that takes time
record Shell(
    Map<String, String> env,
    InputStream in,
    PrintStream out,
    PrintStream err,
    BooleanSupplier terminal) {
  Optional<String> variable(String name) {
    return Optional.ofNullable(env.get(name)).filter(value -> !value.isBlank());
  }

  /// Prints a line for the caller that is no result.
  void note(String text) {
    err.println(SafeText.line(text));
  }
}
