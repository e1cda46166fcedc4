package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.TaskRunner;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The project of `docs/write-a-runner.md`: compiled against the jar of `spi` alone, and run by a
/// node.
@Timeout(120)
class SampleRunnerIT {
  private static final Path SAMPLE = Path.of("docs/samples/runner/src/main");

  @Test
  void a_node_runs_the_tasks_of_the_sample_and_refuses_what_it_refuses(@TempDir Path folder)
      throws Exception {
    Path jar = build(folder);
    try (RedisServer redis = new RedisServer();
        NodeProcess node =
            NodeProcess.programWith(jar, "sample1", Map.of("REDIS_ADDR", redis.address()))) {
      node.awaitLeads();
      String id = node.accepted("note", "\"hello\"");
      node.awaitState(id, "completed");
      String details = node.call("GET", "/tasks/" + id, "").body();
      assertTrue(details.contains("\"result\":{\"bytes\":7}"), details);
      node.awaitLine("note of " + id);
      HttpResponse<String> tooLong = node.submit("note", "\"" + "x".repeat(1_000) + "\"");
      assertEquals(400, tooLong.statusCode());
      assertTrue(tooLong.body().contains("must have at most 1000 bytes"), tooLong.body());
    }
  }

  private static Path build(Path folder) throws IOException {
    Path classes = folder.resolve("classes");
    Path jar = folder.resolve("note-runner.jar");
    try (Stream<Path> spi = Files.list(Path.of("target"));
        Stream<Path> sources = Files.walk(SAMPLE.resolve("java"))) {
      String[] arguments =
          Stream.concat(
                  Stream.of(
                      "--release",
                      "17",
                      "-cp",
                      spi.filter(path -> path.toString().matches(".*-spi-[0-9.]+\\.jar"))
                          .findAny()
                          .orElseThrow()
                          .toString(),
                      "-d",
                      classes.toString()),
                  sources.filter(path -> path.toString().endsWith(".java")).map(Path::toString))
              .toArray(String[]::new);
      run("javac", arguments);
    }
    String services = "META-INF/services/" + TaskRunner.class.getName();
    run(
        "jar",
        "--create",
        "--file",
        jar.toString(),
        "-C",
        classes.toString(),
        ".",
        "-C",
        SAMPLE.resolve("resources").toString(),
        services);
    return jar;
  }

  private static void run(String tool, String... arguments) {
    StringWriter output = new StringWriter();
    PrintWriter writer = new PrintWriter(output);
    assertEquals(
        0,
        ToolProvider.findFirst(tool).orElseThrow().run(writer, writer, arguments),
        output::toString);
  }
}
