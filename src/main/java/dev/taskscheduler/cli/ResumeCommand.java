package dev.taskscheduler.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `scheduler resume`: lets paused tasks start again.
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description = "Resumes a queue, a priority or all tasks: removes the pause of the same name.")
final class ResumeCommand implements Callable<Integer> {
  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();
  @Mixin private final PauseOptions pause = new PauseOptions();

  ResumeCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Json answer = pause.send(options.server(shell), "resume", Optional.empty());
    shell
        .out()
        .println(options.json() ? answer.write() : SafeText.line("resumed: " + pause.what()));
    return ExitStatus.OK;
  }
}
