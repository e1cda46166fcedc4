/// Tasks as HTTP requests: payload, address checks, signatures, connections, limits.
///
/// Sees `runner`, `task` and `spi`. Begin with `HttpRunner`.
@NullMarked
package dev.taskscheduler.runner.http;

import org.jspecify.annotations.NullMarked;
