/// What goes over the wire: problem details, JSON, paths, headers, times.
///
/// Sees `task`, `spi` and `handlers.tls`. Begin with `Responses`.
@NullMarked
package dev.taskscheduler.handlers.wire;

import org.jspecify.annotations.NullMarked;
