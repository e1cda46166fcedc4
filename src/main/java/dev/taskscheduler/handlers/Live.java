package dev.taskscheduler.handlers;

import dev.taskscheduler.handlers.overview.EventStreams;
import dev.taskscheduler.handlers.overview.Overview;
import dev.taskscheduler.handlers.server.RequestDeadline;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/// The overview and its events, for those who look all the time.
///
/// @param deadline of all requests, which a stream of events outlasts
record Live(Overview overview, EventStreams streams, RequestDeadline deadline) {
  static Live of(
      HttpConfig config,
      Scheduler scheduler,
      Supplier<List<String>> fileProblems,
      RequestDeadline deadline) {
    Overview overview =
        new Overview(
            new Overview.Sources(
                config.node(),
                config.version(),
                scheduler.cluster(),
                scheduler.tasks()::health,
                scheduler.leader(),
                scheduler.workers(),
                fileProblems),
            InstantSource.system());
    return new Live(
        overview, new EventStreams(config.maxEventStreams(), overview::document), deadline);
  }
}
