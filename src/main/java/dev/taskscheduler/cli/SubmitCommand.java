package dev.taskscheduler.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `scheduler submit`: submits one task, prints its id, and waits for its end if asked to.
@Command(
    name = "submit",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description = {
      "Submits a task and prints its id.",
      "With --wait the exit status tells how it ended: 0 completed, 1 dead, expired or cancelled."
    })
final class SubmitCommand implements Callable<Integer> {
  static final Duration LONGEST_WAIT = Duration.ofDays(7);

  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();

  @Parameters(
      index = "0",
      paramLabel = "PAYLOAD",
      description = "JSON, or @FILE for a file with it, or - for standard input.")
  private String payload = "";

  @Option(
      names = {"-t", "--type"},
      paramLabel = "TYPE",
      description = "The type of the runner; log by default.")
  private Optional<String> type = Optional.empty();

  @Option(
      names = {"-p", "--priority"},
      paramLabel = "PRIORITY",
      completionCandidates = FilterOptions.Priorities.class,
      description = "high, medium (default) or low.")
  private Optional<String> priority = Optional.empty();

  @Option(
      names = {"-q", "--queue"},
      paramLabel = "QUEUE",
      description = "The queue; default by default.")
  private Optional<String> queue = Optional.empty();

  @Option(
      names = {"-d", "--delay"},
      paramLabel = "DURATION",
      description = "How long the task waits first, such as 90s, 1h30m or PT90S.")
  private Optional<String> delay = Optional.empty();

  @Option(
      names = "--run-at",
      paramLabel = "TIME",
      description = "When it is ready, such as 2026-11-23T08:55:00Z; instead of --delay.")
  private Optional<String> runAt = Optional.empty();

  @Option(
      names = "--unique-key",
      paramLabel = "KEY",
      description = "No second task with this key is stored until the first has ended.")
  private Optional<String> uniqueKey = Optional.empty();

  @Option(
      names = "--unique-for",
      paramLabel = "DURATION",
      description = "How long --unique-key is held, whatever the task does.")
  private Optional<String> uniqueFor = Optional.empty();

  @Option(
      names = "--tag",
      paramLabel = "TAG",
      description = "A tag; may be repeated, up to 8 times.")
  private List<String> tags = new ArrayList<>();

  @Option(
      names = "--max-attempts",
      paramLabel = "COUNT",
      description = "Attempts before the task is dead.")
  private Optional<Integer> maxAttempts = Optional.empty();

  @Option(
      names = "--task-timeout",
      paramLabel = "DURATION",
      description = "The time limit of each attempt.")
  private Optional<String> taskTimeout = Optional.empty();

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "Makes the call safe to repeat: the same key stores the task once.")
  private Optional<String> idempotencyKey = Optional.empty();

  @Option(
      names = {"-w", "--wait"},
      description = "Waits until the task has ended, and shows it.")
  private boolean wait;

  @Option(
      names = "--wait-limit",
      paramLabel = "DURATION",
      defaultValue = "1h",
      description = "The longest wait, 1h by default; then the exit status is 5.")
  private String waitLimit = "";

  SubmitCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    Server server = options.server(shell);
    Duration limit = ServerOptions.duration("--wait-limit", waitLimit, LONGEST_WAIT);
    Server.Body body = new Server.Body("application/json", body());
    List<String> headers =
        idempotencyKey.map(key -> List.of("Idempotency-Key", header(key))).orElse(List.of());
    Json answer = server.call("POST", "/submit", new Query(), Optional.of(body), headers);
    if (answer.isTrue("duplicate")) {
      shell.note("Nothing was stored: this task holds the unique key.");
    }
    boolean json = options.json();
    if (!wait) {
      shell.out().println(json ? answer.write() : SafeText.line(answer.show("id")));
      return ExitStatus.OK;
    }
    (json ? shell.err() : shell.out()).println(SafeText.line(answer.show("id")));
    shell.out().flush();
    return new Follow(server, answer.show("id"), limit)
        .toTheEnd(status -> {
          if (json && status.at("finishedAt").isPresent()) {
            shell.out().println(status.write());
          } else if (!json) {
            WatchCommand.change(status, shell);
          }
        });
  }

  private static String header(String key) {
    if (!key.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new CliException.Usage(
          "--idempotency-key has letters, digits and signs of ASCII only, and no space.");
    }
    return key;
  }

  /// The payload stands in it byte for byte, for so it is stored.
  private byte[] body() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes("{\"payload\":".getBytes(StandardCharsets.UTF_8));
    body.writeBytes(Inputs.payload(payload, shell));
    Map<String, Json> fields = new LinkedHashMap<>();
    text(fields, "type", type);
    text(fields, "priority", priority);
    text(fields, "queue", queue);
    text(fields, "delay", delay);
    text(fields, "runAt", runAt);
    text(fields, "uniqueKey", uniqueKey);
    text(fields, "uniqueFor", uniqueFor);
    text(fields, "timeout", taskTimeout);
    maxAttempts.ifPresent(count -> fields.put("maxAttempts", new Json.Word("" + count)));
    if (!tags.isEmpty()) {
      fields.put("tags", new Json.Items(tags.stream().<Json>map(Json.Text::new).toList()));
    }
    String rest = new Json.Fields(fields).write().substring(1);
    body.writeBytes(((fields.isEmpty() ? "" : ",") + rest).getBytes(StandardCharsets.UTF_8));
    return body.toByteArray();
  }

  private static void text(Map<String, Json> fields, String name, Optional<String> value) {
    value.ifPresent(given -> fields.put(name, new Json.Text(given)));
  }
}
