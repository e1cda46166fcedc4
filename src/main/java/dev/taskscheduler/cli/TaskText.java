package dev.taskscheduler.cli;

import java.io.PrintStream;
import java.util.List;

/// Shows tasks as text.
final class TaskText {
  private static final List<String> FIELDS =
      List.of(
          "id",
          "state",
          "type",
          "queue",
          "priority",
          "tags",
          "attempt",
          "submittedAt",
          "dueAt",
          "startedAt",
          "finishedAt",
          "uniqueKey",
          "error",
          "lastError");
  private static final int NAME = 14;

  private TaskText() {}

  /// Each known field of a status on a line.
  static void print(Json task, PrintStream out) {
    for (String field : FIELDS) {
      String value =
          field.equals("tags")
              ? String.join(" ", task.items("tags").stream().map(TaskText::word).toList())
              : task.show(field);
      if (!value.isEmpty()) {
        line(field, value, out);
      }
    }
  }

  /// The same with the payload, the result and each attempt.
  static void printDetails(Json task, PrintStream out) {
    print(task, out);
    task.at("payload").ifPresent(payload -> line("payload", payload.write(), out));
    task.at("result").ifPresent(result -> line("result", result.write(), out));
    for (Json attempt : task.items("attempts")) {
      String text =
          "%s on %s, %s to %s: %s %s"
              .formatted(
                  attempt.show("number"),
                  attempt.show("node"),
                  attempt.show("startedAt"),
                  attempt.show("endedAt"),
                  attempt.show("how"),
                  attempt.show("error"));
      line("attempt", text.strip(), out);
    }
  }

  private static String word(Json json) {
    return json instanceof Json.Text(String value) ? value : json.write();
  }

  private static void line(String name, String value, PrintStream out) {
    out.println(name + " ".repeat(NAME - name.length()) + SafeText.line(value));
  }

  /// A table of tasks.
  static Table table(List<Json> tasks) {
    Table table =
        new Table("ID", "STATE", "PRIORITY", "TYPE", "QUEUE", "ATTEMPT", "SUBMITTED", "ERROR");
    for (Json task : tasks) {
      table.row(
          task.show("id"),
          task.show("state"),
          task.show("priority"),
          task.show("type"),
          task.show("queue"),
          task.show("attempt"),
          Times.shown(task.show("submittedAt")),
          task.text("error").or(() -> task.text("lastError")).orElse(""));
    }
    return table;
  }
}
