package dev.taskscheduler.runner;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.TaskRunner;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunnersTest {
  @Test
  void the_runners_that_come_with_the_scheduler_are_found_by_type() {
    assertTrue(Runners.find(List.of()).keySet().containsAll(Set.of("log", "sleep", "fail")));
  }

  @Test
  void a_runner_that_cannot_be_made_stops_the_start_and_is_named(@TempDir Path jar)
      throws IOException {
    Path services = Files.createDirectories(jar.resolve("META-INF/services"));
    Files.writeString(services.resolve(TaskRunner.class.getName()), "com.example.MissingRunner\n");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      var fault = assertThrows(IllegalStateException.class, () -> Runners.find(List.of()));
      assertTrue(String.valueOf(fault.getMessage()).contains("com.example.MissingRunner"));
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
