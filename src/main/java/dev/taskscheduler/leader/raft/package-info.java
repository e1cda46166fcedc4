/// The elector by Raft: a Ratis member that only elects, and its port. No other package knows
/// Ratis.
///
/// Sees `leader`. Begin with `RatisElection`, and with `RaftPort` for the network.
@NullMarked
package dev.taskscheduler.leader.raft;

import org.jspecify.annotations.NullMarked;
