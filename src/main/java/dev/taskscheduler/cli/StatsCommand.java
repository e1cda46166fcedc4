package dev.taskscheduler.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `scheduler stats`: counts the tasks by state and priority.
@Command(
    name = "stats",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description =
        "Shows how many tasks are in each state, how long the oldest wait, and the pauses.")
final class StatsCommand implements Callable<Integer> {
  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();

  StatsCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Json stats = options.server(shell).get("/stats", new Query());
    if (options.json()) {
      shell.out().println(stats.write());
    } else {
      lines(stats, Instant.now()).forEach(shell.out()::println);
    }
    return ExitStatus.OK;
  }

  /// The counts as lines, made harmless.
  static List<String> lines(Json stats, Instant now) {
    Table states = new Table("STATE", "TASKS");
    fields(stats.at("tasks")).forEach((state, count) -> states.row(state, count.write()));
    List<String> lines = new ArrayList<>(states.lines());
    lines.add("");
    Table ready = new Table("READY", "TASKS", "OLDEST");
    fields(stats.at("ready"))
        .forEach((priority, tasks) ->
            ready.row(
                priority, tasks.show("tasks"), Times.since(tasks.show("oldestSubmittedAt"), now)));
    lines.addAll(ready.lines());
    stats
        .text("nextDueAt")
        .ifPresent(due -> {
          lines.add("");
          lines.add(SafeText.line("next due: " + Times.shown(due)));
        });
    for (Json pause : stats.items("paused")) {
      lines.add(SafeText.line(pause(pause)));
    }
    return lines;
  }

  private static String pause(Json pause) {
    String what =
        pause
            .text("queue")
            .map(queue -> "queue " + queue)
            .or(() -> pause.text("priority").map(priority -> "priority " + priority))
            .orElse("all tasks");
    return "paused: " + what + " since " + Times.shown(pause.show("since"));
  }

  private static Map<String, Json> fields(java.util.Optional<Json> json) {
    return json.filter(Json.Fields.class::isInstance)
        .map(found -> ((Json.Fields) found).values())
        .orElse(Map.of());
  }
}
