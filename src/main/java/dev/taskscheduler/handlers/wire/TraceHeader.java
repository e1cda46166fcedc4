package dev.taskscheduler.handlers.wire;

import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.tracing.TraceContext;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.util.Optional;

/// The header `traceparent` (W3C Trace Context): kept with the task, and handed on by runners that
/// call others. What is malformed is passed over, as the specification asks.
public final class TraceHeader {
  private static final HeaderName NAME = HeaderNames.create("traceparent");

  private TraceHeader() {}

  /// The span of the sender; none if it sent no header, or a malformed one.
  public static Optional<TraceContext> of(ServerRequestHeaders headers) {
    return headers.contains(NAME) // nearly never
        ? TraceContext.parse(headers.get(NAME).get())
        : Optional.empty();
  }

  public static NewTask kept(ServerRequestHeaders headers, NewTask task) {
    return of(headers)
        .map(span -> task.options(task.options().with(TaskOption.TRACEPARENT, span.traceparent())))
        .orElse(task);
  }
}
