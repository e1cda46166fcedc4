package dev.taskscheduler.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Runs one command of the command line `scheduler`.
public final class Main {
  private Main() {}

  /// Exits with a status of [ExitStatus].
  public static void main(String[] args) {
    Shell shell =
        new Shell(
            System.getenv(),
            System.in,
            stream(FileDescriptor.out),
            stream(FileDescriptor.err),
            Main::isTerminal);
    int status;
    try {
      status = Commands.run(shell, args);
    } catch (OutOfMemoryError e) {
      shell.note("The answer is too large for the memory of this client. Ask for less.");
      status = ExitStatus.UNREACHABLE;
    }
    shell.out().flush();
    shell.err().flush();
    System.exit(status);
  }

  /// UTF-8 in every locale: JSON has no other encoding.
  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }

  private static boolean isTerminal() {
    var console = System.console();
    return console != null && console.isTerminal();
  }
}
