package dev.taskscheduler.metrics;

import dev.taskscheduler.runner.http.ResponseCategory;
import dev.taskscheduler.task.Callback;
import io.helidon.metrics.api.Counter;
import java.util.EnumMap;
import java.util.Map;

/// Counts the answers of targets of HTTP tasks and callbacks.
final class TargetMeters {
  private final Map<ResponseCategory, Counter> tasks;
  private final Map<ResponseCategory, Counter> callbacks;

  TargetMeters(MeterRegistryWriter registry) {
    tasks = counters(registry, "http");
    callbacks = counters(registry, Callback.TYPE);
  }

  private static Map<ResponseCategory, Counter> counters(
      MeterRegistryWriter registry, String type) {
    Map<ResponseCategory, Counter> counters = new EnumMap<>(ResponseCategory.class);
    for (ResponseCategory answer : ResponseCategory.values()) {
      counters.put(
          answer,
          registry.counter(
              "scheduler_target_answers",
              "Requests to targets, by the class of the response; none: no complete response in time;"
                  + " refused: the target is not allowed",
              "type",
              type,
              "answer",
              answer.wire()));
    }
    return counters;
  }

  void requestEnded(String type, ResponseCategory category) {
    Counter counter = (type.equals(Callback.TYPE) ? callbacks : tasks).get(category);
    if (counter != null) {
      counter.increment();
    }
  }
}
