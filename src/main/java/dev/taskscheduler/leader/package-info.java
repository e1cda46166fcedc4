/// Leadership of this node: one thread decides, electors nominate, the lease admits.
///
/// Sees `lease` and `spi`. Begin with `LeadershipManager`.
@NullMarked
package dev.taskscheduler.leader;

import org.jspecify.annotations.NullMarked;
