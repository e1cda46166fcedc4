/// The lease as a hash in Redis, and its four scripts.
///
/// Sees `lease` and `redis`. Begin with `RedisLease`.
@NullMarked
package dev.taskscheduler.lease.redis;

import org.jspecify.annotations.NullMarked;
