package dev.taskscheduler.metrics;

import dev.taskscheduler.queue.QueueLoad;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/// Gauges of the busiest queues; a queue that is none of them any more has none.
final class QueueGauges {
  private static final String READY = "scheduler_queue_ready";
  private static final String RUNNING = "scheduler_queue_running";
  private static final String TAG = "queue";

  private final MeterRegistryWriter registry;
  private final Set<String> shown = new HashSet<>(); // guarded by this
  private volatile Map<String, QueueLoad> loads = Map.of();

  QueueGauges(MeterRegistryWriter registry) {
    this.registry = registry;
  }

  synchronized void show(List<QueueLoad> now) {
    loads =
        now.stream().collect(Collectors.toUnmodifiableMap(QueueLoad::name, Function.identity()));
    shown.removeIf(this::gone);
    for (String queue : loads.keySet()) {
      if (shown.add(queue)) {
        add(
            READY,
            "Ready tasks of a queue; `other` is all that are not named",
            queue,
            QueueLoad::ready);
        add(
            RUNNING,
            "Running tasks of a queue; `other` is all that are not named",
            queue,
            QueueLoad::running);
      }
    }
  }

  private boolean gone(String queue) {
    if (loads.containsKey(queue)) {
      return false;
    }
    registry.remove(READY, TAG, queue);
    registry.remove(RUNNING, TAG, queue);
    return true;
  }

  private void add(String name, String description, String queue, ToLongFunction<QueueLoad> load) {
    registry.gauge(name, description, () -> value(queue, load), TAG, queue);
  }

  private double value(String queue, ToLongFunction<QueueLoad> load) {
    QueueLoad now = loads.get(queue);
    return now == null ? 0 : load.applyAsLong(now);
  }
}
