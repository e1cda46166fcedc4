package dev.taskscheduler.cli;

import dev.taskscheduler.yaml.YamlJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A file of schedules and the group that it is for.
final class GroupOptions {
  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "YAML or JSON with {schedules: {NAME: ...}}, or - for standard input.")
  private String file = "";

  @Option(
      names = {"-g", "--group"},
      required = true,
      paramLabel = "GROUP",
      description = "The group that the schedules belong to.")
  private String group = "";

  @Option(
      names = "--prune",
      description = "Also removes schedules of the group that are not in the file.")
  private boolean prune;

  /// Applies the file, or only asks what that would do.
  Json put(Server server, boolean dryRun, Shell shell) {
    Query query =
        new Query().add("group", group).add("prune", "" + prune).add("dryRun", "" + dryRun);
    return server.put("/schedules", query, new Server.Body("application/json", json(shell)));
  }

  private byte[] json(Shell shell) {
    byte[] bytes = Inputs.read(file, shell);
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.stripLeading().startsWith("{")) {
      return bytes; // JSON goes as it is: the server says exactly where it is wrong
    }
    try {
      return YamlJson.of(text);
    } catch (IllegalArgumentException e) {
      throw new CliException.Usage(file + ": " + e.getMessage());
    }
  }

  /// The number of changes that are none is one line, each other a line of its own.
  static List<String> lines(Json answer) {
    List<String> lines = new ArrayList<>();
    int unchanged = 0;
    if (answer.at("changes").orElse(answer) instanceof Json.Fields(Map<String, Json> changes)) {
      for (String name : changes.keySet()) {
        String change = answer.at("changes").map(all -> all.show(name)).orElse("");
        if (change.equals("unchanged")) {
          unchanged++;
        } else {
          lines.add(SafeText.line(change + " " + name));
        }
      }
    }
    if (unchanged > 0) {
      lines.add("unchanged: " + unchanged);
    }
    return lines;
  }

  /// Whether something is, or would be, changed.
  static boolean changes(Json answer) {
    return answer.at("changes").orElse(answer) instanceof Json.Fields(Map<String, Json> changes)
        && changes.values().stream().anyMatch(change -> !change.equals(new Json.Text("unchanged")));
  }
}
