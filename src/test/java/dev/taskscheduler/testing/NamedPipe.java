package dev.taskscheduler.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;

/// Makes named pipes, for which Java has no call.
public final class NamedPipe {
  private NamedPipe() {}

  public static void make(Path path) throws Exception {
    assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
  }
}
