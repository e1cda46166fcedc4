/// Sets up the log: its formats, its levels, and a thread of its own that writes the lines.
///
/// Sees `process` and `tracing`. Every package may see it. `conf` picks the format and the level.
/// Begin with `Logging`.
@NullMarked
package dev.taskscheduler.logging;

import org.jspecify.annotations.NullMarked;
