/// Reads the configuration: the environment over `application.yaml` over defaults.
///
/// Sees the config record of each package. Only the root package sees it. Begin with
/// `SchedulerConfig`.
@NullMarked
package dev.taskscheduler.conf;

import org.jspecify.annotations.NullMarked;
