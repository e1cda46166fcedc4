package dev.taskscheduler.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `scheduler list`: lists the tasks that a filter selects.
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description =
        "Lists tasks. Without --state: running, ready, scheduled, dead, expired, cancelled, completed.")
final class ListCommand implements Callable<Integer> {
  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();
  @Mixin private final FilterOptions filter = new FilterOptions();

  @Option(
      names = "--order",
      paramLabel = "ORDER",
      description = "newest: the task that came last into its state is the first.")
  private Optional<String> order = Optional.empty();

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "COUNT",
      defaultValue = "50",
      description = "The most tasks, 50 by default; as many pages are fetched as that needs.")
  private int limit;

  @Option(
      names = "--cursor",
      paramLabel = "CURSOR",
      description = "Where an earlier list with the same options ended.")
  private Optional<String> cursor = Optional.empty();

  ListCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Server server = options.server(shell);
    Pages pages =
        Pages.read(
            server,
            "/tasks",
            "tasks",
            filter.query().add("order", order),
            new Pages.Range(limit, cursor));
    if (options.json()) {
      shell.out().println(pages.json("tasks"));
    } else {
      TaskText.table(pages.items()).lines().forEach(shell.out()::println);
      pages.noteRest(shell);
    }
    return ExitStatus.OK;
  }
}
