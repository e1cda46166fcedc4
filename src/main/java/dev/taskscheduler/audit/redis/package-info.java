/// The audit as a list in Redis, and its two scripts.
///
/// Sees `audit`, `redis` and `task`. Begin with `RedisAudit`.
@NullMarked
package dev.taskscheduler.audit.redis;

import org.jspecify.annotations.NullMarked;
