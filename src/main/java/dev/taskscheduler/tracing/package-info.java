/// Traces: the identity of a span as W3C Trace Context writes it, and the port to what records
/// spans.
///
/// Any package may see it; it sees no other package. Begin with `Tracer`.
@NullMarked
package dev.taskscheduler.tracing;

import org.jspecify.annotations.NullMarked;
