package dev.taskscheduler.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `scheduler completion`: prints a script that completes commands and options in a shell.
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description = {
      "Prints a script that completes commands and options, for bash or zsh:",
      "  source <(scheduler completion bash)"
    })
final class CompletionCommand implements Callable<Integer> {
  private final Shell shell;

  @Parameters(
      index = "0",
      paramLabel = "SHELL",
      completionCandidates = Shells.class,
      description = "bash or zsh.")
  private String name = "";

  /// The shells that are known.
  static final class Shells extends ArrayList<String> {
    Shells() {
      super(List.of("bash", "zsh"));
    }
  }

  CompletionCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    if (!new Shells().contains(name)) {
      throw new CliException.Usage(
          "There is a completion for bash and for zsh, not for '" + name + "'.");
    }
    if (name.equals("zsh")) { // which runs scripts for bash by this
      shell.out().println("autoload -U +X compinit && compinit");
    }
    shell.out().print(AutoComplete.bash(Commands.NAME, Commands.complete(shell)));
    return ExitStatus.OK;
  }
}
