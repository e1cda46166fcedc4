package dev.taskscheduler.runner;

import dev.taskscheduler.spi.TaskRunner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/// The runners of this node, by type: those that come with it and those found on the class path.
public final class Runners {
  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private Runners() {}

  /// Finds all runners.
  ///
  /// @param own runners that are made by the node, since they take configuration
  /// @throws IllegalStateException if two bear one type, a type is malformed, or a runner cannot be
  ///   made
  public static Map<String, TaskRunner> find(List<TaskRunner> own) {
    try {
      List<TaskRunner> all = new ArrayList<>(own);
      ServiceLoader.load(TaskRunner.class).forEach(all::add);
      return byType(all);
    } catch (ServiceConfigurationError e) {
      throw new IllegalStateException(
          "a runner on the class path cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static Map<String, TaskRunner> byType(Iterable<TaskRunner> runners) {
    Map<String, TaskRunner> found = new HashMap<>();
    for (TaskRunner runner : runners) {
      String type = runner.type();
      if (!TYPE.matcher(type).matches()) {
        throw new IllegalStateException(
            "runner %s has type \"%s\": 1 to 64 of a-z A-Z 0-9 . _ - are allowed"
                .formatted(runner.getClass().getName(), type));
      }
      TaskRunner other = found.put(type, runner);
      if (other != null) {
        throw new IllegalStateException(
            "two runners for type %s: %s and %s; take one of them off the class path"
                .formatted(type, other.getClass().getName(), runner.getClass().getName()));
      }
    }
    return Map.copyOf(found);
  }
}
