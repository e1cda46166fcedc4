/// The elector that nominates every node.
///
/// Sees `leader` and `redis`. Begin with `RedisElection`.
@NullMarked
package dev.taskscheduler.leader.redis;

import org.jspecify.annotations.NullMarked;
