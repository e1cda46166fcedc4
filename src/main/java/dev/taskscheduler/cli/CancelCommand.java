package dev.taskscheduler.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `scheduler cancel`: cancels tasks that wait, and running ones that are named.
@Command(
    name = "cancel",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description = {
      "Cancels tasks. A running one is interrupted by the leader.",
      "With --all-matching only tasks that wait, unless --state running or --status pending is given."
    })
final class CancelCommand implements Callable<Integer> {
  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();
  @Mixin private final Selection selection = new Selection();

  CancelCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Server server = options.server(shell);
    return selection.run(
        new Selection.Action(
            "cancel",
            "/tasks/cancel",
            List.of("ready", "scheduled", "retrying"),
            id ->
                server.call(
                    "DELETE",
                    "/tasks/" + Query.segment(id),
                    new Query(),
                    Optional.empty(),
                    List.of())),
        server,
        options.json(),
        shell);
  }
}
