package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.taskscheduler.testing.TestIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Answers that do not fit into one write of the socket. Helidon 4.4.0 lost what such a write left.
@Timeout(90)
class LargeAnswersIT {
  @TempDir Path folder;

  @Test
  void a_client_that_reads_slowly_gets_every_answer_whole() throws Exception {
    try (LargeAnswers answers = new LargeAnswers(null, folder)) {
      answers.check();
    }
  }

  @Test
  void a_client_that_reads_slowly_gets_every_answer_whole_over_tls() throws Exception {
    try (LargeAnswers answers =
        new LargeAnswers(TestIdentity.make(folder, "EC", "large"), folder)) {
      answers.check();
    }
  }

  /// This machine's own loopback takes 64 KiB in a packet.
  @Test
  void every_answer_comes_whole_over_a_link_of_mtu_1500() throws Exception {
    assumeTrue(
        succeeds("unshare", "--net", "ip", "link", "set", "lo", "up", "mtu", "1500"),
        "only root can make a network namespace, with unshare and ip (util-linux, iproute2)");
    Path said = folder.resolve("said");
    Process program =
        new ProcessBuilder(
                "unshare",
                "--net",
                "sh",
                "-c",
                "ip link set lo up mtu 1500 && exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LargeAnswers.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertTrue(program.waitFor(60, TimeUnit.SECONDS), () -> text(said));
      assertEquals(0, program.exitValue(), () -> text(said));
    } finally {
      program.destroyForcibly();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(List.of(command))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // no such program
    }
  }
}
