package dev.taskscheduler.leader;

import java.time.Instant;

/// The current leader, as any node sees it: at most a sixteenth of this node's trust and a round
/// trip old.
///
/// @param node the leader's node id
/// @param epoch of its fencing token
/// @param elector `redis` or `raft`
/// @param since when it took over, by Redis's clock
public record Leader(String node, long epoch, String elector, Instant since) {}
