package dev.taskscheduler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.process.Version;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.HttpTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The script `scheduler` of the distribution, and how the image starts the same.
@Timeout(120)
class ScriptIT {
  private static final Path SCRIPT = Path.of("src/main/dist/bin/scheduler").toAbsolutePath();
  private static final String JAVA_HOME = System.getProperty("java.home");
  private static final String VERSION = "scheduler " + Version.current() + "\n";

  @TempDir Path folder;

  private record Ended(int status, String out, String err) {}

  private Ended run(Map<String, String> env, String... command) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", System.getenv("PATH"));
    builder.environment().putAll(env);
    Process process = builder.start();
    process.getOutputStream().close();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /// A distribution with the jars of this build, in a folder whose name has a space.
  private Path distribution() throws IOException {
    Path home = Files.createDirectory(folder.resolve("task scheduler"));
    Files.createDirectory(home.resolve("bin"));
    Files.copy(SCRIPT, home.resolve("bin/scheduler"));
    Files.setPosixFilePermissions(
        home.resolve("bin/scheduler"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Path lib = Files.createDirectory(home.resolve("lib"));
    for (Path jar : files(Path.of("target/lib"))) {
      Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar.toAbsolutePath());
    }
    Files.createSymbolicLink(
        lib.resolve("task-scheduler.jar"), Path.of("target/task-scheduler.jar").toAbsolutePath());
    return home;
  }

  private static List<Path> files(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void the_script_runs_from_a_link_and_makes_a_cache_that_the_next_call_uses() throws Exception {
    Path link =
        Files.createSymbolicLink(folder.resolve("link"), distribution().resolve("bin/scheduler"));
    Path cache = folder.resolve("the cache");
    Map<String, String> env = Map.of("JAVA_HOME", JAVA_HOME, "SCHEDULER_CACHE", cache.toString());
    assertEquals(new Ended(0, VERSION, ""), run(env, link.toString(), "--version"));
    Eventually.await(
        "the cache is made",
        Duration.ofSeconds(60),
        () -> {
          try {
            List<Path> made = files(cache);
            return made.size() == 1 && made.getFirst().toString().endsWith(".aot");
          } catch (IOException e) {
            return false;
          }
        });
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)));
    Map<String, String> strict = new HashMap<>(env);
    strict.put("JAVA_TOOL_OPTIONS", "-XX:AOTMode=on"); // ends a JVM that cannot use its cache
    assertEquals(VERSION, run(strict, link.toString(), "--version").out());
    Files.writeString(files(cache).getFirst(), "damaged");
    assertEquals(VERSION, run(env, link.toString(), "--version").out());
  }

  @Test
  void without_a_folder_for_it_there_is_no_cache() throws Exception {
    Path script = distribution().resolve("bin/scheduler");
    Map<String, String> none = Map.of("JAVA_HOME", JAVA_HOME);
    assertEquals(new Ended(0, VERSION, ""), run(none, script.toString(), "--version"));
    Path file = Files.writeString(folder.resolve("file"), "");
    Map<String, String> noFolder =
        Map.of("JAVA_HOME", JAVA_HOME, "SCHEDULER_CACHE", file.toString());
    assertEquals(new Ended(0, VERSION, ""), run(noFolder, script.toString(), "--version"));
    assertFalse(Files.exists(folder.resolve(".cache")));
  }

  @Test
  void a_payload_keeps_its_letters_in_every_locale_and_the_exit_status_is_handed_on()
      throws Exception {
    Path script = distribution().resolve("bin/scheduler");
    String answer = "{\"id\":\"1\",\"state\":\"dead\",\"error\":\"мир\"}";
    try (HttpTarget target =
        HttpTarget.answering(200, answer, "Content-Type", "application/json")) {
      Map<String, String> env =
          Map.of("JAVA_HOME", JAVA_HOME, "LC_ALL", "C", "SCHEDULER_URL", target.address(""));
      Ended dead = run(env, script.toString(), "submit", "\"Grüße\"", "--wait");
      assertEquals(1, dead.status(), dead::toString);
      assertTrue(dead.out().contains("мир"), dead::out);
      assertEquals(
          "{\"payload\":\"Grüße\"}", new String(target.asked().getFirst().body(), "UTF-8"));
    }
  }

  @Test
  void a_folder_without_jars_is_said() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("empty/bin"));
    Path script = Files.copy(SCRIPT, bin.resolve("scheduler"));
    Ended ended = run(Map.of("JAVA_HOME", JAVA_HOME), "sh", script.toString(), "leader");
    assertEquals(2, ended.status());
    assertTrue(ended.err().contains("there is no task-scheduler.jar"), ended::err);
  }

  @Test
  void the_options_of_the_image_start_it() throws Exception {
    String options = Files.readString(Path.of("src/image/scheduler.options"));
    Path jar = Path.of("target/task-scheduler.jar").toAbsolutePath();
    assertTrue(options.contains("-cp \"/app/libraries.jar:/app/task-scheduler.jar\""), options);
    Path here =
        Files.writeString(
            folder.resolve("options"),
            options.replace("/app/libraries.jar:/app/task-scheduler.jar", jar.toString()));
    List<String> command = new ArrayList<>(List.of(JAVA_HOME + "/bin/java", "@" + here));
    command.add("--version");
    assertEquals(new Ended(0, VERSION, ""), run(Map.of(), command.toArray(String[]::new)));
    assertTrue(Files.readString(Path.of("src/image/make")).contains("src/image/scheduler.options"));
  }
}
