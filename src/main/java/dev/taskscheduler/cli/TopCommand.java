package dev.taskscheduler.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `scheduler top`: shows counts, the fullest queues and the newest dead tasks, again and again.
@Command(
    name = "top",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description = {
      "Shows counts, the fullest queues and the newest dead tasks, and draws them anew until Ctrl-C.",
      "Where the output is no terminal, each picture follows the one before."
    })
final class TopCommand implements Callable<Integer> {
  private static final String HOME = "\u001b[H";
  private static final String REST_OF_LINE = "\u001b[K";
  private static final String REST_OF_SCREEN = "\u001b[J";
  private static final String HIDE_CURSOR = "\u001b[?25l";
  private static final String SHOW_CURSOR = "\u001b[?25h";
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();

  @Option(names = "--once", description = "Shows one picture and ends.")
  private boolean once;

  @Option(
      names = "--every",
      paramLabel = "DURATION",
      defaultValue = "2s",
      description = "The pause between two pictures, 2s by default.")
  private String every = "";

  @Option(
      names = "--queues",
      paramLabel = "COUNT",
      defaultValue = "10",
      description = "How many queues are shown, 10 by default.")
  private int queues;

  TopCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    Server server = options.server(shell);
    Duration pause = ServerOptions.duration("--every", every, LONGEST_PAUSE);
    if (queues < 1 || queues > Pages.LARGEST_PAGE) {
      throw new CliException.Usage("--queues is a number from 1 to " + Pages.LARGEST_PAGE + ".");
    }
    boolean drawn = shell.terminal().getAsBoolean() && !once && !options.json();
    if (drawn) {
      shell.out().print(HIDE_CURSOR + HOME + REST_OF_SCREEN);
      Runtime.getRuntime().addShutdownHook(new Thread(this::showCursor));
    }
    while (true) {
      show(server, drawn);
      if (once || shell.out().checkError()) { // whoever read it is gone
        return ExitStatus.OK;
      }
      TimeUnit.MILLISECONDS.sleep(pause.toMillis());
    }
  }

  private void showCursor() {
    shell.out().print(SHOW_CURSOR);
    shell.out().flush();
  }

  /// A node that is away for a while is no reason to end, unless this is the only picture.
  private void show(Server server, boolean drawn) {
    List<String> lines;
    try {
      Picture picture = picture(server);
      lines = options.json() ? List.of(picture.json()) : picture.lines(Instant.now());
    } catch (CliException.Unreachable | CliException.Refused e) {
      if (once) {
        throw e;
      }
      lines = e.text().lines().map(SafeText::line).toList();
    }
    String end = drawn ? REST_OF_LINE + "\n" : "\n";
    StringBuilder text = new StringBuilder(drawn ? HOME : "");
    lines.forEach(line -> text.append(line).append(end));
    text.append(drawn ? REST_OF_SCREEN : once || options.json() ? "" : "\n");
    shell.out().print(text);
    shell.out().flush();
  }

  private Picture picture(Server server) {
    return new Picture(
        server.get("/leader", new Query()),
        server.get("/stats", new Query()),
        server.get("/queues", new Query().add("sort", "ready").add("limit", "" + queues)),
        server.get(
            "/tasks", new Query().add("state", "dead").add("order", "newest").add("limit", "3")));
  }

  private record Picture(Json leader, Json stats, Json queues, Json dead) {
    String json() {
      var fields = new java.util.LinkedHashMap<String, Json>();
      fields.put("leader", leader);
      fields.put("stats", stats);
      fields.put("queues", new Json.Items(queues.items("queues")));
      fields.put("dead", new Json.Items(dead.items("tasks")));
      return new Json.Fields(fields).write();
    }

    List<String> lines(Instant now) {
      List<String> lines = new ArrayList<>();
      lines.add(SafeText.line(Times.shown(now.toString()) + "  " + LeaderCommand.sentence(leader)));
      lines.add("");
      lines.addAll(StatsCommand.lines(stats, now));
      if (!queues.items("queues").isEmpty()) {
        lines.add("");
        lines.addAll(QueuesCommand.lines(queues.items("queues"), now));
      }
      if (!dead.items("tasks").isEmpty()) {
        lines.add("");
        Table table = new Table("NEWEST DEAD", "TYPE", "QUEUE", "ENDED", "ERROR");
        for (Json task : dead.items("tasks")) {
          table.row(
              task.show("id"),
              task.show("type"),
              task.show("queue"),
              Times.since(task.show("finishedAt"), now) + " ago",
              task.show("error"));
        }
        lines.addAll(table.lines());
      }
      return lines;
    }
  }
}
