package dev.taskscheduler.cli;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Whom a pause is for: a queue, a priority, or all tasks.
final class PauseOptions {
  @Parameters(
      arity = "0..1",
      paramLabel = "QUEUE",
      description = "A queue, or a pattern such as 'tenant-*'.")
  private Optional<String> queue = Optional.empty();

  @Option(
      names = {"-p", "--priority"},
      paramLabel = "PRIORITY",
      completionCandidates = FilterOptions.Priorities.class,
      description = "All tasks of a priority: high, medium or low.")
  private Optional<String> priority = Optional.empty();

  @Option(names = "--all", description = "All tasks.")
  private boolean all;

  /// Pauses or resumes.
  ///
  /// @param verb the last part of the path
  /// @param note of a pause of a queue
  Json send(Server server, String verb, Optional<String> note) {
    long given = Stream.of(queue.isPresent(), priority.isPresent(), all).filter(is -> is).count();
    if (given != 1) {
      throw new CliException.Usage("Name a queue, or use --priority or --all; one of them.");
    }
    if (queue.isEmpty()) {
      if (note.isPresent()) {
        throw new CliException.Usage("--note is for the pause of a queue.");
      }
      return server.post("/" + verb, new Query().add("priority", priority));
    }
    String path = "/queues/" + Query.segment(queue.get()) + "/" + verb;
    Optional<Server.Body> body =
        note.map(text ->
            new Server.Body(
                "application/json",
                new Json.Fields(Map.of("note", new Json.Text(text)))
                    .write()
                    .getBytes(StandardCharsets.UTF_8)));
    return server.call("POST", path, new Query(), body, List.of());
  }

  /// The pause or resumption in words.
  String what() {
    return queue
        .map(name -> "queue " + name)
        .or(() -> priority.map(name -> "priority " + name))
        .orElse("all tasks");
  }
}
