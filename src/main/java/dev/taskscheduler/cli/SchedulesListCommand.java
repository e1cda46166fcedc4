package dev.taskscheduler.cli;

import java.util.List;
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
  @Mixin private final PageOptions page = new PageOptions();

  @Option(names = "--state", paramLabel = "STATE", description = "active, paused, ended or faulty.")
  private Optional<String> state = Optional.empty();

  SchedulesListCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    return page.print(
        new PageOptions.Listing("/schedules", "schedules", SchedulesListCommand::lines),
        new Query().add("state", state),
        options,
        shell);
  }

  private static List<String> lines(List<Json> schedules) {
    Table table = new Table("NAME", "STATE", "GROUP", "NEXT", "WHEN", "FAULT");
    for (Json schedule : schedules) {
      table.row(
          schedule.show("name"),
          schedule.show("state"),
          schedule.show("group"),
          Times.shown(schedule.show("next")),
          schedule.show("sentence"),
          schedule.show("fault"));
    }
    return table.lines();
  }
}
