package dev.taskscheduler.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `scheduler watch`: shows each change of a task until it has ended.
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description = {
      "Shows each change of a task until it has ended.",
      "Exit status: 0 completed; 1 dead, expired or cancelled; 5 the wait was over before."
    })
final class WatchCommand implements Callable<Integer> {
  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();

  @Parameters(index = "0", paramLabel = "ID", description = "The id that submit printed.")
  private String id = "";

  @Option(
      names = "--wait-limit",
      paramLabel = "DURATION",
      defaultValue = "1h",
      description = "The longest wait, 1h by default.")
  private String waitLimit = "";

  WatchCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    Server server = options.server(shell);
    var limit = ServerOptions.duration("--wait-limit", waitLimit, SubmitCommand.LONGEST_WAIT);
    boolean json = options.json();
    return new Follow(server, id, limit)
        .toTheEnd(status -> {
          if (json) {
            shell.out().println(status.write());
            shell.out().flush();
          } else {
            change(status, shell);
          }
        });
  }

  /// One line: the state, the attempt, the time and the error.
  static void change(Json status, Shell shell) {
    String state = status.show("state");
    String time =
        status
            .text("finishedAt")
            .or(() -> status.text("dueAt").map(due -> "due " + due))
            .or(() -> status.text("startedAt"))
            .orElse(status.show("submittedAt"));
    String error =
        status.text("error").or(() -> status.text("lastError")).map(e -> ": " + e).orElse("");
    shell
        .out()
        .println(
            SafeText.line(state + ", attempt " + status.show("attempt") + ", " + time + error));
    shell.out().flush();
  }
}
