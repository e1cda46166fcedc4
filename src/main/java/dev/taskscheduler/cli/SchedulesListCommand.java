package dev.taskscheduler.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `scheduler schedules list`: lists schedules by name.
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description = "Lists schedules by name.")
final class SchedulesListCommand implements Callable<Integer> {
  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();

  @Option(names = "--state", paramLabel = "STATE", description = "active, paused, ended or faulty.")
  private Optional<String> state = Optional.empty();

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "COUNT",
      defaultValue = "50",
      description = "The most schedules, 50 by default.")
  private int limit;

  @Option(
      names = "--cursor",
      paramLabel = "CURSOR",
      description = "Where an earlier list with the same options ended.")
  private Optional<String> cursor = Optional.empty();

  SchedulesListCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Pages pages =
        Pages.read(
            options.server(shell),
            "/schedules",
            "schedules",
            new Query().add("state", state),
            new Pages.Range(limit, cursor));
    if (options.json()) {
      shell.out().println(pages.json("schedules"));
      return ExitStatus.OK;
    }
    Table table = new Table("NAME", "STATE", "GROUP", "NEXT", "WHEN", "FAULT");
    for (Json schedule : pages.items()) {
      table.row(
          schedule.show("name"),
          schedule.show("state"),
          schedule.show("group"),
          Times.shown(schedule.show("next")),
          schedule.show("sentence"),
          schedule.show("fault"));
    }
    table.lines().forEach(shell.out()::println);
    pages.noteRest(shell);
    return ExitStatus.OK;
  }
}
