package dev.taskscheduler.task;

import java.util.Optional;

/// The health of the store when it was last asked; at most a second old.
///
/// @param available whether it answered
/// @param problem what a person must change; empty when all is well
/// @param version of the server; empty until it answered once
/// @param persistence `aof-always`, `aof-everysec`, `aof-no` (`aof` where Redis does not tell how
///   often it syncs), `snapshots` or `none` (`no-aof` where it does not tell which): what an
///   accepted task survives; empty where unknown
/// @param evictionPolicy `maxmemory-policy`; `allkeys-*` would drop tasks; empty where unknown
/// @param replicas how many are connected
/// @param servers where the data are
/// @param damaged entries that tell what could not be read and was set aside
public record StoreHealth(
    boolean available,
    Optional<String> problem,
    Optional<String> version,
    Optional<String> persistence,
    Optional<String> evictionPolicy,
    int replicas,
    StoreServers servers,
    long damaged) {

  /// The same of a store that has not answered the question that was asked last.
  public StoreHealth silent() {
    return available
        ? new StoreHealth(
            false,
            Optional.of("it did not answer in time"),
            version,
            persistence,
            evictionPolicy,
            0,
            servers,
            damaged)
        : this;
  }
}
