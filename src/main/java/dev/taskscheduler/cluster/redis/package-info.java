/// The list of nodes as a hash in Redis.
///
/// Sees `cluster` and `redis`. Begin with `RedisNodes`.
@NullMarked
package dev.taskscheduler.cluster.redis;

import org.jspecify.annotations.NullMarked;
