/// Starts and stops a node: `Main` reads arguments and signals, `App` holds the parts of the
/// process, `Partition` those of one namespace.
///
/// Sees every package. Begin with `App`.
@NullMarked
package dev.taskscheduler;

import org.jspecify.annotations.NullMarked;
