/// The runners that come along, and how those on the class path are found.
///
/// Sees `spi`. Begin with `Runners`.
@NullMarked
package dev.taskscheduler.runner;

import org.jspecify.annotations.NullMarked;
