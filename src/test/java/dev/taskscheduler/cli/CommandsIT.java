package dev.taskscheduler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Each command against a node and a Redis.
@Timeout(120)
class CommandsIT {
  private static final String UNKNOWN = "019aa0e6-5b3c-7000-8000-000000000000";
  private static final String TOKEN = "does-c2b94e7710fd4a3e";
  private static final String READ_TOKEN = "looks-8f3a51c07d6e4b92";

  @TempDir static Path folder;
  private static RedisServer redis;
  private static ProgramNode node;

  @BeforeAll
  static void startNode() throws IOException {
    Path tokens =
        Files.writeString(
            folder.resolve("tokens"),
            "ann all sha256:%s%nbob read sha256:%s%n".formatted(sha256(TOKEN), sha256(READ_TOKEN)));
    redis = new RedisServer();
    node = new ProgramNode(redis.address(), tokens);
    Eventually.await("a leader", () -> run("leader").out().contains("node1 leads since"));
  }

  private static String sha256(String token) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterAll
  static void stopNode() {
    node.close();
    redis.close();
  }

  private static CommandRun here() {
    return CommandRun.at(node.url()).with("SCHEDULER_TOKEN", TOKEN);
  }

  private static CommandRun.Result run(String... args) {
    return here().run(args);
  }

  private static CommandRun.Result good(String... args) {
    CommandRun.Result result = run(args);
    assertEquals(ExitStatus.OK, result.status(), () -> String.join(" ", args) + result);
    return result;
  }

  private static void fails(int status, String why, CommandRun.Result result) {
    assertEquals(status, result.status(), result::toString);
    assertTrue(result.err().contains(why), result::err);
  }

  private static Json json(CommandRun.Result result) {
    return Json.parse(result.out().getBytes(UTF_8));
  }

  private static String submit(String... args) {
    return good(args).out().strip();
  }

  @Test
  void a_task_is_submitted_and_awaited_and_the_exit_status_tells_its_fate() throws IOException {
    Path file = Files.writeString(folder.resolve("payload.json"), "{\"x\": \"ü\"}");
    CommandRun.Result done = good("submit", "@" + file, "--tag", "first", "--wait");
    String id = done.lines().getFirst();
    assertTrue(done.out().contains("completed, attempt 1"), done::out);
    Json details = json(good("status", id, "--details", "--output", "json"));
    assertEquals("ü", details.at("payload").map(p -> p.show("x")).orElse(""));
    assertTrue(good("status", id, "--details").out().contains("payload       {\"x\":\"ü\"}"));
    assertTrue(good("status", id).out().contains("tags          first"));
    assertTrue(good("status", id, "--why").out().contains("completed"));
    CommandRun.Result dead =
        run("submit", "{\"error\":\"no luck\"}", "--type", "fail", "--max-attempts", "1", "--wait");
    assertEquals(ExitStatus.NEGATIVE, dead.status());
    assertTrue(dead.out().contains("dead, attempt 1") && dead.out().contains("no luck"), dead::out);
    CommandRun.Result asJson = run("submit", "1", "--wait", "-o", "json");
    assertEquals("completed", json(asJson).show("state"));
    assertEquals(ExitStatus.NEGATIVE, run("watch", dead.lines().getFirst()).status());
    assertEquals(ExitStatus.OK, run("watch", id, "-o", "json").status());
  }

  @Test
  void a_wait_has_a_limit_and_a_watch_sees_each_change() throws Exception {
    String id = submit("submit", "{\"ms\":60000}", "--type", "sleep", "--delay", "400ms");
    CompletableFuture<CommandRun.Result> watch =
        CompletableFuture.supplyAsync(() -> run("watch", id));
    Eventually.await("runs", () -> good("status", id).out().contains("running"));
    assertEquals(
        ExitStatus.STILL_RUNNING,
        run(
                "submit",
                "{\"ms\":60000}",
                "--type",
                "sleep",
                "--queue",
                "limit",
                "--wait",
                "--wait-limit",
                "200ms")
            .status());
    assertEquals(id + " cancelling\n", good("cancel", id).out());
    CommandRun.Result seen = watch.get(20, TimeUnit.SECONDS);
    assertEquals(ExitStatus.NEGATIVE, seen.status());
    assertEquals(
        List.of("scheduled", "running", "cancelled"),
        seen.lines().stream()
            .map(line -> line.split(",")[0])
            .filter(s -> !s.equals("ready"))
            .toList());
    good("cancel", "--all-matching", "--queue", "limit", "--state", "running", "--yes");
  }

  @Test
  void a_unique_key_and_an_idempotency_key_store_one_task() {
    String[] unique = {
      "submit", "1", "--delay", "1h", "--queue", "unique", "--unique-key", "order 7"
    };
    String id = submit(unique);
    CommandRun.Result second = good(unique);
    assertEquals(id + "\n", second.out());
    assertTrue(second.err().contains("Nothing was stored"), second::err);
    String[] once = {
      "submit", "1", "--delay", "1h", "--queue", "unique", "--idempotency-key", "k1"
    };
    assertEquals(submit(once), submit(once));
    good("cancel", "--all-matching", "--queue", "unique", "--yes");
  }

  @Test
  void lists_are_filtered_and_paged() {
    for (int i = 0; i < 5; i++) {
      submit(
          "submit",
          "" + i,
          "--delay",
          "1h",
          "--queue",
          "pages",
          "--tag",
          "t" + i % 2,
          "--priority",
          "low");
    }
    CommandRun.Result two = good("list", "--queue", "pages", "--limit", "2");
    assertEquals(3, two.lines().size());
    assertTrue(two.err().contains("--cursor "), two::err);
    String cursor = two.err().strip().replaceAll(".* ", "");
    CommandRun.Result rest = good("list", "--queue", "pages", "--cursor", cursor);
    assertEquals(4, rest.lines().size());
    assertEquals("", rest.err());
    assertEquals(
        3,
        json(good("list", "--queue", "pages", "--tag", "t0", "-o", "json")).items("tasks").size());
    assertEquals(
        5,
        json(good(
                "list",
                "--status",
                "pending",
                "--queue",
                "pages",
                "--priority",
                "low",
                "--order",
                "newest",
                "-o",
                "json"))
            .items("tasks")
            .size());
    fails(ExitStatus.REFUSED, "?state", run("list", "--state", "gone"));
    assertEquals(
        "Cancel 5 tasks? [y/N] Nothing was done.\n",
        here().typed("\n").run("cancel", "--all-matching", "--queue", "pages").err());
    CommandRun.Result cancelled =
        here().typed("y\n").run("cancel", "--all-matching", "--queue", "pages");
    assertTrue(cancelled.out().startsWith("5 cancelled, 0 cancelling"), cancelled::out);
  }

  @Test
  void dead_tasks_are_retried_by_id_or_filter() {
    String[] failing = {
      "submit",
      "{\"error\":\"x\"}",
      "--type",
      "fail",
      "--max-attempts",
      "1",
      "--queue",
      "broken",
      "--wait"
    };
    String one = run(failing).lines().getFirst();
    run(failing);
    CommandRun.Result retried = run("retry", one, UNKNOWN);
    assertEquals(one + " ready\n", retried.out());
    fails(ExitStatus.REFUSED, UNKNOWN + ": No task has this id", retried);
    Eventually.await(
        "both are dead",
        () -> good("list", "--queue", "broken", "--state", "dead").lines().size() == 3);
    good("pause", "broken", "--note", "until it is mended");
    assertEquals(
        "{\"revived\":2,\"refused\":0}\n",
        good("retry", "--all-matching", "--queue", "broken", "-y", "-o", "json").out());
    assertTrue(good("queues", "broken").out().contains("queue-paused"));
    assertTrue(good("stats").out().contains("paused: queue broken"));
    assertEquals("resumed: queue broken\n", good("resume", "broken").out());
  }

  @Test
  void queues_and_pauses_are_shown() {
    submit("submit", "1", "--delay", "10ms", "--queue", "seen");
    good("pause", "seen");
    submit("submit", "1", "--queue", "seen", "--priority", "high");
    CommandRun.Result queues = good("queues", "--sort", "ready");
    assertTrue(
        queues.lines().stream().anyMatch(line -> line.matches("seen +1 .*queue-paused")),
        queues::out);
    assertTrue(good("queues", "-o", "json").out().contains("\"name\":\"seen\""));
    CommandRun.Result top = good("top", "--once");
    assertTrue(top.out().contains("node1 leads") && top.out().contains("seen"), top::out);
    good("resume", "seen");
    assertEquals("paused: priority low\n", good("pause", "--priority", "low").out());
    good("resume", "--priority", "low");
    assertTrue(json(good("stats", "-o", "json")).at("tasks").isPresent());
  }

  @Test
  void schedules_are_compared_applied_and_listed() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("schedules.yaml"),
            """
            schedules:
              report: {cron: "0 9 * * MON-FRI", timeZone: Europe/Berlin, task: {payload: {}}}
              sweep: {every: PT15M, task: {payload: 1}}
            """);
    String[] diff = {"schedules", "diff", file.toString(), "--group", "cli", "--prune"};
    String[] apply = {"schedules", "apply", file.toString(), "--group", "cli", "--prune"};
    CommandRun.Result before = run(diff);
    assertEquals(ExitStatus.NEGATIVE, before.status());
    assertEquals("created report\ncreated sweep\n", before.out());
    assertFalse(good("schedules", "list").out().contains("report"));
    assertEquals("created report\ncreated sweep\n", good(apply).out());
    assertEquals("", good(diff).out());
    assertTrue(
        good("schedules", "list").out().contains("at 09:00, Monday to Friday, Europe/Berlin"));
    assertEquals(
        1, json(good("schedules", "list", "--limit", "1", "-o", "json")).items("schedules").size());
    Files.writeString(
        file, "{\"schedules\":{\"sweep\":{\"every\":\"PT20M\",\"task\":{\"payload\":1}}}}");
    CommandRun.Result after = run(diff);
    assertEquals(
        "changed sweep\nremoved report\n",
        after.lines().stream().sorted().reduce("", (a, b) -> a + b + "\n"));
    assertTrue(
        json(run("schedules", "diff", file.toString(), "-g", "cli", "-o", "json"))
            .isTrue("dryRun"));
    Files.writeString(file, "schedules: {bad: {cron: soon, task: {payload: 1}}}");
    fails(ExitStatus.REFUSED, "/schedules/bad/cron", run(apply));
    Files.writeString(file, "schedules: [");
    fails(ExitStatus.USAGE, "not YAML at line", run(apply));
  }

  @Test
  void the_leader_is_shown() {
    assertEquals("node1", json(good("leader", "-o", "json")).show("leader"));
    assertTrue(good("leader").out().startsWith("node1 leads since 2"), () -> good("leader").out());
  }

  @Test
  void a_missing_wrong_or_weak_token_is_said() throws IOException {
    fails(ExitStatus.REFUSED, "Authorization", CommandRun.at(node.url()).run("stats"));
    fails(ExitStatus.REFUSED, "token", here().with("SCHEDULER_TOKEN", "wrong").run("stats"));
    Path file = Files.writeString(folder.resolve("reader"), READ_TOKEN + "\n");
    CommandRun reader = CommandRun.at(node.url());
    assertEquals(ExitStatus.OK, reader.run("stats", "--token-file", file.toString()).status());
    fails(
        ExitStatus.REFUSED,
        "may only read",
        reader.run("submit", "1", "--token-file", file.toString()));
  }

  @Test
  void an_unknown_task_is_said_by_every_command() {
    for (String command : List.of("status", "watch", "retry", "cancel")) {
      fails(ExitStatus.REFUSED, "No task has this id", run(command, UNKNOWN));
    }
    fails(ExitStatus.REFUSED, "UUID", run("status", "123"));
  }

  @Test
  void hostile_text_in_an_error_reaches_no_terminal() {
    CommandRun.Result dead =
        run(
            "submit",
            "{\"error\":\"\\u001b[2J\\u202egone\\nid  forged\"}",
            "--type",
            "fail",
            "--max-attempts",
            "1",
            "--wait");
    String id = dead.lines().getFirst();
    for (CommandRun.Result result :
        List.of(
            dead,
            good("status", id),
            good("status", id, "-o", "json"),
            good("list", "--error", "gone"),
            good("top", "--once"))) {
      assertTrue(result.out().contains("gone"), result::out);
      assertTrue(
          result.out().chars().allMatch(c -> c == '\n' || SafeText.isPrintable(c)), result::out);
      assertFalse(
          result.lines().stream().anyMatch(line -> line.startsWith("id  forged")), result::out);
    }
  }
}
