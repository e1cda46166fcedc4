package dev.taskscheduler.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options that select tasks, as the parameters of `GET /tasks` do.
final class FilterOptions {
  @Option(
      names = "--state",
      paramLabel = "STATE",
      completionCandidates = States.class,
      description = "scheduled, retrying, ready, running, completed, dead, expired or cancelled.")
  Optional<String> state = Optional.empty();

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      completionCandidates = Statuses.class,
      description = "pending, completed, failed or cancelled: one or several states in one word.")
  Optional<String> status = Optional.empty();

  @Option(
      names = {"-t", "--type"},
      paramLabel = "TYPE",
      description = "The type of the runner.")
  Optional<String> type = Optional.empty();

  @Option(
      names = {"-q", "--queue"},
      paramLabel = "QUEUE",
      description = "The queue.")
  Optional<String> queue = Optional.empty();

  @Option(
      names = {"-p", "--priority"},
      paramLabel = "PRIORITY",
      completionCandidates = Priorities.class,
      description = "high, medium or low.")
  Optional<String> priority = Optional.empty();

  @Option(names = "--tag", paramLabel = "TAG", description = "A tag of the task.")
  Optional<String> tag = Optional.empty();

  @Option(names = "--unique-key", paramLabel = "KEY", description = "The unique key of the task.")
  Optional<String> uniqueKey = Optional.empty();

  @Option(names = "--error", paramLabel = "TEXT", description = "A part of the last error.")
  Optional<String> error = Optional.empty();

  @Option(
      names = "--submitted-since",
      paramLabel = "TIME",
      description = "Submitted at this time or later.")
  Optional<String> since = Optional.empty();

  @Option(
      names = "--submitted-before",
      paramLabel = "TIME",
      description = "Submitted before this time.")
  Optional<String> before = Optional.empty();

  Query query() {
    return new Query()
        .add("state", state)
        .add("status", status)
        .add("type", type)
        .add("queue", queue)
        .add("priority", priority)
        .add("tag", tag)
        .add("uniqueKey", uniqueKey)
        .add("error", error)
        .add("submittedSince", since)
        .add("submittedBefore", before);
  }

  /// The states of a task.
  static final class States extends ArrayList<String> {
    States() {
      super(
          List.of(
              "scheduled",
              "retrying",
              "ready",
              "running",
              "completed",
              "dead",
              "expired",
              "cancelled"));
    }
  }

  /// The words for groups of states.
  static final class Statuses extends ArrayList<String> {
    Statuses() {
      super(List.of("pending", "completed", "failed", "cancelled"));
    }
  }

  /// The priorities.
  static final class Priorities extends ArrayList<String> {
    Priorities() {
      super(List.of("high", "medium", "low"));
    }
  }
}
