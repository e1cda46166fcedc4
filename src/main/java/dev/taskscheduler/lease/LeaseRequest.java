package dev.taskscheduler.lease;

import java.time.Duration;

/// A candidate's request for the lease.
///
/// @param node the node's id, shown to people
/// @param elector `redis` or `raft`
/// @param nonce from [FencingToken#newNonce]; the same for a call that is repeated because its
///   answer was lost
/// @param trust how long the candidate will trust itself after the start of a renewal; others
///   observe for as long
public record LeaseRequest(String node, String elector, String nonce, Duration trust) {}
