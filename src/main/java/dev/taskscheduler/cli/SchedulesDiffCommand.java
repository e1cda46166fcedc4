package dev.taskscheduler.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `scheduler schedules diff`: says what an apply would change, and changes nothing.
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description = {
      "Shows what 'schedules apply' with the same arguments would change, and changes nothing.",
      "Exit status: 0 nothing, 1 something, 2 or more a failure."
    })
final class SchedulesDiffCommand implements Callable<Integer> {
  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();
  @Mixin private final GroupOptions group = new GroupOptions();

  SchedulesDiffCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Json answer = group.put(options.server(shell), true, shell);
    boolean changes = GroupOptions.changes(answer);
    if (options.json()) {
      shell.out().println(answer.write());
    } else if (changes) {
      GroupOptions.lines(answer).forEach(shell.out()::println);
    }
    return changes ? ExitStatus.NEGATIVE : ExitStatus.OK;
  }
}
