/// Traces: the identity of a span as W3C Trace Context writes it.
///
/// Any package may see it; it sees no other package. Begin with `TraceContext`.
@NullMarked
package dev.taskscheduler.tracing;

import org.jspecify.annotations.NullMarked;
