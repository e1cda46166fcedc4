package dev.taskscheduler.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `scheduler schedules`: lists schedules, and applies and compares files of them.
@Command(
    name = "schedules",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Lists schedules, applies a file of them, or shows what that would change.")
final class SchedulesCommand {
  private SchedulesCommand() {}

  static CommandLine line(Shell shell) {
    return new CommandLine(new SchedulesCommand())
        .addSubcommand("list", new SchedulesListCommand(shell))
        .addSubcommand("apply", new SchedulesApplyCommand(shell))
        .addSubcommand("diff", new SchedulesDiffCommand(shell));
  }
}
