/// How durations are written, in settings as in requests.
///
/// Sees only Java. Begin with `Durations`.
@NullMarked
package dev.taskscheduler.time;

import org.jspecify.annotations.NullMarked;
