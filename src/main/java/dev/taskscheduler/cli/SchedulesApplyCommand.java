package dev.taskscheduler.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `scheduler schedules apply`: creates, replaces and prunes the schedules of a group.
@Command(
    name = "apply",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description = "Creates and replaces the schedules of a file, all or none.")
final class SchedulesApplyCommand implements Callable<Integer> {
  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();
  @Mixin private final GroupOptions group = new GroupOptions();

  SchedulesApplyCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Json answer = group.put(options.server(shell), false, shell);
    if (options.json()) {
      shell.out().println(answer.write());
    } else {
      GroupOptions.lines(answer).forEach(shell.out()::println);
    }
    return ExitStatus.OK;
  }
}
