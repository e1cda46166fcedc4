/// The meters by name.
///
/// Sees the listener of each package. Begin with `Meters`.
@NullMarked
package dev.taskscheduler.metrics;

import org.jspecify.annotations.NullMarked;
