package dev.taskscheduler.lease;

import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/// A candidate's request for the lease.
///
/// @param node the node's id, shown to people
/// @param elector `redis` or `raft`
/// @param nonce from [#newNonce]; the same for a call that is repeated because its answer was lost
/// @param trust how long the candidate will trust itself after the start of a renewal; others
///   observe for as long
public record LeaseRequest(String node, String elector, String nonce, Duration trust) {
  /// A new nonce, for one request for the lease.
  public static String newNonce() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }
}
