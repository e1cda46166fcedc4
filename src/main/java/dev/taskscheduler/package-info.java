/// Starts and stops a node: `Main` reads arguments and signals, `App` wires the packages.
///
/// Sees every package. Begin with `App`.
@NullMarked
package dev.taskscheduler;

import org.jspecify.annotations.NullMarked;
