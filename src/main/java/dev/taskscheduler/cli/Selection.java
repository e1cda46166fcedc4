package dev.taskscheduler.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The tasks that a command changes: some by their ids, or all that a filter selects.
final class Selection {
  private static final int MOST_CALLS = 10_000;

  @Parameters(arity = "0..*", paramLabel = "ID", description = "Tasks by their ids.")
  private List<String> ids = new ArrayList<>();

  @Option(
      names = "--all-matching",
      description = "All tasks that the following options select; asks before it begins.")
  private boolean all;

  @Option(
      names = {"-y", "--yes"},
      description = "Does not ask.")
  private boolean yes;

  @Mixin private final FilterOptions filter = new FilterOptions();

  /// The commands that differ.
  ///
  /// @param verb to cancel, to retry
  /// @param path of the call for many tasks
  /// @param states that it selects by default
  /// @param one the call for one task
  record Action(String verb, String path, List<String> states, Function<String, Json> one) {}

  int run(Action action, Server server, boolean json, Shell shell) {
    boolean filtered = !filter.query().isEmpty();
    if (all == !ids.isEmpty()) {
      throw new CliException.Usage(
          "Name ids, or use --all-matching with options that select tasks; not both.");
    }
    if (!all && filtered) {
      throw new CliException.Usage("Options that select tasks need --all-matching, and no ids.");
    }
    if (all && !filtered) {
      throw new CliException.Usage(
          "--all-matching needs an option that selects tasks, such as --queue or --state "
              + action.states().getFirst()
              + ".");
    }
    return all ? many(action, server, json, shell) : each(action, json, shell);
  }

  /// One refused task does not stop the others.
  private int each(Action action, boolean json, Shell shell) {
    int status = ExitStatus.OK;
    for (String id : ids) {
      try {
        Json answer = action.one().apply(id);
        shell
            .out()
            .println(
                json
                    ? answer.write()
                    : SafeText.line(answer.show("id") + " " + answer.show("state")));
      } catch (CliException.Refused e) {
        shell.note(id + ": " + e.text().replace('\n', ' '));
        status = e.status();
      }
    }
    return status;
  }

  private int many(Action action, Server server, boolean json, Shell shell) {
    if (!yes && !confirmed(action, server, shell)) {
      shell.note("Nothing was done.");
      return ExitStatus.USAGE;
    }
    Map<String, Long> counts = new LinkedHashMap<>();
    Optional<String> cursor = Optional.empty();
    Json answer = new Json.Fields(Map.of());
    for (int calls = 0; calls == 0 || answer.isTrue("more") && calls < MOST_CALLS; calls++) {
      Query query = filter.query().add("limit", "" + Pages.LARGEST_PAGE).add("cursor", cursor);
      answer = server.post(action.path(), query);
      count(answer, counts);
      cursor = answer.text("next");
    }
    if (json) {
      Map<String, Json> fields = new LinkedHashMap<>();
      counts.forEach((name, count) -> fields.put(name, new Json.Word("" + count)));
      shell.out().println(new Json.Fields(fields).write());
    } else {
      List<String> words = new ArrayList<>();
      counts.forEach(
          (name, count) -> words.add(count + " " + (name.equals("revived") ? "retried" : name)));
      shell.out().println(SafeText.line(String.join(", ", words)));
    }
    return ExitStatus.OK;
  }

  private static void count(Json answer, Map<String, Long> counts) {
    if (answer instanceof Json.Fields(Map<String, Json> fields)) {
      for (String name : fields.keySet()) {
        if (!name.equals("more") && !name.equals("next")) {
          counts.merge(name, answer.number(name), Long::sum);
        }
      }
    }
  }

  private boolean confirmed(Action action, Server server, Shell shell) {
    if (!shell.terminal().getAsBoolean()) {
      throw new CliException.Usage(
          "Without a terminal --all-matching needs --yes. 'scheduler list' with the same options shows the tasks.");
    }
    shell
        .err()
        .print(
            action.verb().substring(0, 1).toUpperCase(Locale.ROOT)
                + action.verb().substring(1)
                + " "
                + count(action, server)
                + "? [y/N] ");
    shell.err().flush();
    try {
      var in = new BufferedReader(new InputStreamReader(shell.in(), StandardCharsets.UTF_8));
      String answer = Optional.ofNullable(in.readLine()).orElse("").strip();
      return answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes");
    } catch (IOException e) {
      return false;
    }
  }

  /// The first page of each state is enough to say whether there are a few or many.
  private String count(Action action, Server server) {
    boolean given = filter.state.isPresent() || filter.status.isPresent();
    int found = 0;
    boolean more = false;
    for (String state : given ? List.of("") : action.states()) {
      Query query = filter.query().add("limit", "" + Pages.LARGEST_PAGE);
      if (!given) {
        query.add("state", state);
      }
      Json page = server.get("/tasks", query);
      found += page.items("tasks").size();
      more |= page.text("next").isPresent();
    }
    return more ? found + " or more tasks" : found == 1 ? "1 task" : found + " tasks";
  }
}
