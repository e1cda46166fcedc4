/// Connections to Redis, scripts, batches and subscriptions. It knows nothing of tasks.
///
/// Sees only Java and Jedis. Begin with `Redis`.
@NullMarked
package dev.taskscheduler.redis;

import org.jspecify.annotations.NullMarked;
