package dev.taskscheduler.cli;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `scheduler queues`: lists the queues, or shows one.
@Command(
    name = "queues",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description = "Lists the queues with what waits and runs in them, or shows one.")
final class QueuesCommand implements Callable<Integer> {
  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();
  @Mixin private final PageOptions page = new PageOptions();

  @Parameters(arity = "0..1", paramLabel = "QUEUE", description = "Only this queue or pattern.")
  private Optional<String> queue = Optional.empty();

  @Option(
      names = "--sort",
      paramLabel = "ORDER",
      description =
          "name (default); ready, the most ready tasks first; oldest, the longest wait first.")
  private Optional<String> sort = Optional.empty();

  QueuesCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    if (queue.isPresent()) {
      Json one = options.server(shell).get("/queues/" + Query.segment(queue.get()), new Query());
      if (options.json()) {
        shell.out().println(one.write());
      } else {
        lines(List.of(one), Instant.now()).forEach(shell.out()::println);
        one.at("settings").ifPresent(s -> shell.out().println("settings: " + s.write()));
        one.at("effective").ifPresent(s -> shell.out().println("in effect: " + s.write()));
      }
      return ExitStatus.OK;
    }
    return page.print(
        new PageOptions.Listing("/queues", "queues", queues -> lines(queues, Instant.now())),
        new Query().add("sort", sort),
        options,
        shell);
  }

  /// A table of queues, made harmless.
  static List<String> lines(List<Json> queues, Instant now) {
    Table table = new Table("QUEUE", "HIGH", "MEDIUM", "LOW", "RUNNING", "OLDEST", "HELD UP");
    for (Json queue : queues) {
      Json ready = queue.at("ready").orElse(queue);
      table.row(
          queue.show("name"),
          ready.show("high"),
          ready.show("medium"),
          ready.show("low"),
          queue.show("running"),
          Times.since(queue.show("oldestSubmittedAt"), now),
          queue
              .at("blocked")
              .map(blocked -> blocked.show("reason"))
              .or(() -> queue.at("paused").map(paused -> "queue-paused"))
              .orElse(""));
    }
    return table.lines();
  }
}
