package dev.taskscheduler.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Threads that a process cannot do without, and its bounded stop, each in a process of its own.
class VitalThreadsIT {
  private static final int LIMIT_SECONDS = 30;

  /// What the child process does: it would live for ever, but for what is tested.
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws InterruptedException {
      Runnable dies =
          () -> {
            throw new OutOfMemoryError("unable to create native thread");
          };
      Consumer<String> act =
          what -> {
            switch (what) {
              case "platform" -> VitalThreads.platform("leadership", dies::run).start();
              case "virtual" -> VitalThreads.virtual("leadership", dies::run).start();
              default -> StopLimit.begin(Duration.ofMillis(50));
            }
          };
      act.accept(args[0]);
      new CountDownLatch(1).await();
    }
  }

  private static Process child(String what) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            what)
        .redirectErrorStream(true)
        .start();
  }

  /// @return what it wrote
  private static String ended(Process child) throws InterruptedException, IOException {
    try {
      assertTrue(child.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), "it ends");
      assertEquals(1, child.exitValue());
      return new String(child.getInputStream().readAllBytes(), UTF_8);
    } finally {
      child.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"platform", "virtual"})
  void a_thread_that_ends_by_an_error_ends_the_process_and_is_named(String kind) throws Exception {
    String told = ended(child(kind));
    assertTrue(told.contains("The node stops: its thread leadership ended by"), told);
  }

  @Test
  void a_stop_that_takes_too_long_is_cut_off() throws Exception {
    ended(child("stop"));
  }
}
