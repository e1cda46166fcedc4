/// Tasks in Redis: one Lua script for each change of state.
///
/// Sees `task`, `spi` and `redis`. Begin with `RedisTasks` and `docs/data.md`.
@NullMarked
package dev.taskscheduler.task.redis;

import org.jspecify.annotations.NullMarked;
