package dev.taskscheduler.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `scheduler pause`: stops the start of tasks.
@Command(
    name = "pause",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description =
        "Pauses a queue, a priority or all tasks: what waits does not start, what runs goes on.")
final class PauseCommand implements Callable<Integer> {
  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();
  @Mixin private final PauseOptions pause = new PauseOptions();

  @Option(
      names = "--note",
      paramLabel = "TEXT",
      description = "Why the queue is paused, for others who wonder.")
  private Optional<String> note = Optional.empty();

  PauseCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Json answer = pause.send(options.server(shell), "pause", note);
    shell.out().println(options.json() ? answer.write() : SafeText.line("paused: " + pause.what()));
    return ExitStatus.OK;
  }
}
