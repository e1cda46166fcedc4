/// The lease as a hash in Redis, and its four scripts.
///
/// Sees `lease`, `spi` and `redis`. Begin with `RedisLease`.
@NullMarked
package dev.taskscheduler.lease.redis;

import org.jspecify.annotations.NullMarked;
