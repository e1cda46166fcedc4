package dev.taskscheduler.handlers.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;

/// Makes named pipes, for which Java has no call.
public final class TestPipe {
  private TestPipe() {}

  public static void make(Path path) throws Exception {
    assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
  }
}
