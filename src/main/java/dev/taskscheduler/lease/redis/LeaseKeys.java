package dev.taskscheduler.lease.redis;

import dev.taskscheduler.redis.Namespace;

/// The keys of the lease in Redis.
///
/// @param ns the prefix that all keys of one scheduler share
public record LeaseKeys(Namespace ns) {
  /// The hash that holds the lease.
  public byte[] leader() {
    return ns.key("leader");
  }

  /// The channel on which a release is told.
  public String releasedChannel() {
    return ns.text("released");
  }
}
