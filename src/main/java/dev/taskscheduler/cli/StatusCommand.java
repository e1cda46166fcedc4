package dev.taskscheduler.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `scheduler status`: shows one task.
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description = "Shows a task.")
final class StatusCommand implements Callable<Integer> {
  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();

  @Parameters(index = "0", paramLabel = "ID", description = "The id that submit printed.")
  private String id = "";

  @Option(names = "--details", description = "Also the payload, the result and each attempt.")
  private boolean details;

  @Option(names = "--why", description = "Why the task is not running now, in a sentence.")
  private boolean why;

  StatusCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Server server = options.server(shell);
    if (why && details) {
      throw new CliException.Usage("Use --why or --details, not both.");
    }
    String task = "/tasks/" + Query.segment(id);
    Json answer =
        why
            ? server.get(task + "/explain", new Query())
            : details
                ? server.get(task, new Query())
                : server.get("/status", new Query().add("id", id));
    if (options.json()) {
      shell.out().println(answer.write());
    } else if (why) {
      shell.out().println(SafeText.line(answer.show("why")));
    } else if (details) {
      TaskText.printDetails(answer, shell.out());
    } else {
      TaskText.print(answer, shell.out());
    }
    return ExitStatus.OK;
  }
}
