package dev.taskscheduler.testing;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.taskscheduler.task.TaskService.PayloadCheck;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// Task types whose runners accept any payload.
public final class TaskTypes {
  private TaskTypes() {}

  public static Map<String, PayloadCheck> of(String... types) {
    return of(List.of(types));
  }

  public static Map<String, PayloadCheck> of(Collection<String> types) {
    return types.stream().collect(toUnmodifiableMap(type -> type, _ -> _ -> List.of()));
  }
}
