/// The REST API of one node: the server and the table of routes.
///
/// Sees the packages below it, `queue` and `task`. Begin with `Routes`.
@NullMarked
package dev.taskscheduler.handlers;

import org.jspecify.annotations.NullMarked;
