package dev.taskscheduler.task;

import java.util.List;
import java.util.Optional;

/// A page of tasks. It may be short, or empty, and yet not be the last: a page is looked for within
/// bounds.
///
/// @param next the cursor of the next page; empty if this is the last
public record TaskPage(List<Task> tasks, Optional<String> next) {
  public TaskPage {
    tasks = List.copyOf(tasks);
  }
}
