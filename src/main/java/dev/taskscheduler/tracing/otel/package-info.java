/// Spans by the OpenTelemetry SDK, sent by OTLP over HTTP. No other package sees it; nothing of it
/// is loaded where no endpoint is set.
///
/// Sees `tracing`. Begin with `OtelTracer`.
@NullMarked
package dev.taskscheduler.tracing.otel;

import org.jspecify.annotations.NullMarked;
