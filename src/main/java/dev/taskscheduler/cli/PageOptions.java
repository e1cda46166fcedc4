package dev.taskscheduler.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;

/// The options of a list: how much of it, and where to begin.
final class PageOptions {
  @Option(
      names = {"-n", "--limit"},
      paramLabel = "COUNT",
      defaultValue = "50",
      description = "The most items, 50 by default; as many pages are fetched as that needs.")
  private int limit;

  @Option(
      names = "--cursor",
      paramLabel = "CURSOR",
      description = "Where an earlier list with the same options ended.")
  private Optional<String> cursor = Optional.empty();

  /// What is listed.
  ///
  /// @param path of the API
  /// @param name the field of the items in each page
  /// @param lines what people see of the items, made harmless
  record Listing(String path, String name, Function<List<Json>, List<String>> lines) {}

  /// Reads a list and prints it in the form that was asked for.
  int print(Listing listing, Query filter, ServerOptions options, Shell shell) {
    Server server = options.server(shell);
    Pages pages =
        Pages.read(server, listing.path(), listing.name(), filter, new Pages.Range(limit, cursor));
    if (options.json()) {
      shell.out().println(pages.json(listing.name()));
    } else {
      listing.lines().apply(pages.items()).forEach(shell.out()::println);
      pages.noteRest(shell);
    }
    return ExitStatus.OK;
  }
}
