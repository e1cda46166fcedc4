package dev.taskscheduler.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads files and standard input, up to a limit.
final class Inputs {
  private static final int MOST_BYTES = 16 << 20;

  private Inputs() {}

  /// The content of a file, or of standard input for `-`.
  static byte[] read(String file, Shell shell) {
    try (InputStream in = file.equals("-") ? shell.in() : Files.newInputStream(Path.of(file))) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new CliException.Usage(
            name(file) + " is larger than " + (MOST_BYTES >> 20) + " MiB.");
      }
      return bytes;
    } catch (IOException e) {
      throw new CliException.Usage(name(file) + " cannot be read: " + e);
    }
  }

  /// The payload that an argument means: JSON, `@FILE` or `-`.
  static byte[] payload(String argument, Shell shell) {
    byte[] text;
    String name;
    if (argument.equals("-")) {
      text = read("-", shell);
      name = "The payload of standard input";
    } else if (argument.startsWith("@")) {
      text = read(argument.substring(1), shell);
      name = "The payload of " + argument.substring(1);
    } else {
      text = argument.getBytes(StandardCharsets.UTF_8);
      name = "The payload";
    }
    try {
      Json.parse(text);
      return text;
    } catch (IllegalArgumentException e) {
      throw new CliException.Usage(
          name
              + " is no JSON: "
              + e.getMessage()
              + ". Quote it for the shell: '{\"job\":\"demo\"}'.");
    }
  }

  private static String name(String file) {
    return file.equals("-") ? "Standard input" : file;
  }
}
