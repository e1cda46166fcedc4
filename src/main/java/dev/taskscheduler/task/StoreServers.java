package dev.taskscheduler.task;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The servers that have the data of the store, as they were last seen.
///
/// @param topology `single`, `sentinel` or `cluster`
/// @param primary `host:port` of the server that was last called; empty before the first call
/// @param replicas that are connected to it; not all of them where there are very many
public record StoreServers(String topology, Optional<String> primary, List<Replica> replicas) {
  /// Before anything is known.
  public static final StoreServers UNKNOWN =
      new StoreServers("single", Optional.empty(), List.of());

  public StoreServers {
    replicas = List.copyOf(replicas);
  }

  /// One replica.
  ///
  /// @param address `host:port`, as the primary sees it
  /// @param online whether it gets each write; not while it copies everything
  /// @param lag since it last said how far it is, in whole seconds
  /// @param behindBytes of the replication stream
  public record Replica(String address, boolean online, Duration lag, long behindBytes) {}
}
