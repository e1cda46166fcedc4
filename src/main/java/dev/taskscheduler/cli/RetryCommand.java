package dev.taskscheduler.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `scheduler retry`: brings dead and expired tasks back to their queues.
@Command(
    name = "retry",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description = {
      "Retries dead or expired tasks.",
      "With --all-matching the dead ones, unless --state or --status says otherwise."
    })
final class RetryCommand implements Callable<Integer> {
  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();
  @Mixin private final Selection selection = new Selection();

  RetryCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Server server = options.server(shell);
    return selection.run(
        new Selection.Action(
            "retry",
            "/tasks/retry",
            List.of("dead"),
            id -> server.post("/tasks/" + Query.segment(id) + "/retry", new Query())),
        server,
        options.json(),
        shell);
  }
}
