/// The port for runners, `TaskRunner`, and the runners that come along.
///
/// Sees `task` and `lease`. Begin with `TaskRunner`.
@NullMarked
package dev.taskscheduler.runner;

import org.jspecify.annotations.NullMarked;
