package dev.taskscheduler.task;

import dev.taskscheduler.tracing.TraceContext;
import dev.taskscheduler.tracing.Tracer;
import dev.taskscheduler.tracing.Tracer.Kind;
import dev.taskscheduler.tracing.Tracer.Start;
import java.util.Locale;
import java.util.Optional;

/// The span of a submission, in the words of OpenTelemetry's conventions for messaging. The task
/// keeps it as its trace, so that its first attempt is a part of it.
///
/// @param task as it is to be stored
record SubmitSpan(Tracer.Span span, NewTask task) {
  private static final Start NOTHING = Start.within("", Kind.PRODUCER, Optional.empty());

  static SubmitSpan begin(Tracer tracer, String id, NewTask task) {
    if (!tracer.records()) {
      return new SubmitSpan(tracer.begin(NOTHING), task);
    }
    String queue = task.options().queue();
    Tracer.Span span =
        tracer
            .begin(
                Start.within(
                    "send " + queue,
                    Kind.PRODUCER,
                    task.options().get(TaskOption.TRACEPARENT).flatMap(TraceContext::parse)))
            .with("messaging.system", "task-scheduler")
            .with("messaging.operation.name", "submit")
            .with("messaging.operation.type", "send")
            .with("messaging.destination.name", queue)
            .with("messaging.message.id", id)
            .with("task.type", task.type());
    NewTask traced =
        span.context()
            .map(context ->
                task.options(task.options().with(TaskOption.TRACEPARENT, context.traceparent())))
            .orElse(task);
    return new SubmitSpan(span, traced);
  }

  SubmitResult ended(SubmitResult result) {
    span.with("task.result", result.getClass().getSimpleName().toLowerCase(Locale.ROOT)).end();
    return result;
  }

  <E extends StoreException> E failed(E failure) {
    span.failed("not stored").end();
    return failure;
  }
}
