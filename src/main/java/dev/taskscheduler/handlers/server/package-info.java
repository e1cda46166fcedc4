/// Connections and requests before they reach a handler: framing, limits of connections, memory,
/// rates and time, the mapping of failures to answers.
///
/// Sees `handlers.auth`, `handlers.wire` and `task`. Begin with `RequestFilter`.
@NullMarked
package dev.taskscheduler.handlers.server;

import org.jspecify.annotations.NullMarked;
