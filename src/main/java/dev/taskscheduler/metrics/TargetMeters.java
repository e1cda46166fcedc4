package dev.taskscheduler.metrics;

import dev.taskscheduler.runner.http.TargetAnswer;
import dev.taskscheduler.task.Callback;
import io.helidon.metrics.api.Counter;
import java.util.EnumMap;
import java.util.Map;

/// What targets of HTTP tasks and of callbacks answered.
final class TargetMeters {
  private final Map<TargetAnswer, Counter> tasks;
  private final Map<TargetAnswer, Counter> callbacks;

  TargetMeters(Meterbook book) {
    tasks = counters(book, "http");
    callbacks = counters(book, Callback.TYPE);
  }

  private static Map<TargetAnswer, Counter> counters(Meterbook book, String type) {
    Map<TargetAnswer, Counter> counters = new EnumMap<>(TargetAnswer.class);
    for (TargetAnswer answer : TargetAnswer.values()) {
      counters.put(
          answer,
          book.counter(
              "scheduler_target_answers",
              "Requests to targets, by the class of the answer; none: no whole one came in time;"
                  + " refused: the target may not be asked",
              "type",
              type,
              "answer",
              answer.wire()));
    }
    return counters;
  }

  void asked(String type, TargetAnswer answer) {
    Counter counter = (type.equals(Callback.TYPE) ? callbacks : tasks).get(answer);
    if (counter != null) {
      counter.increment();
    }
  }
}
