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
  @Mixin private final PageOptions page = new PageOptions();
  @Mixin private final FilterOptions filter = new FilterOptions();

  @Option(
      names = "--order",
      paramLabel = "ORDER",
      description = "newest: the task that came last into its state is the first.")
  private Optional<String> order = Optional.empty();

  ListCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    return page.print(
        new PageOptions.Listing("/tasks", "tasks", tasks -> TaskText.table(tasks).lines()),
        filter.query().add("order", order),
        options,
        shell);
  }
}
