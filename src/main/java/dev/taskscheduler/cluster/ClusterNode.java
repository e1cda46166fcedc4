package dev.taskscheduler.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/// A node as it announced itself.
///
/// @param http where people and programs reach it, `host:port`
/// @param version of the program it runs
/// @param seen when it last announced itself, by Redis's clock
public record ClusterNode(String id, String http, String version, Instant seen) {
  /// A node that runs announces itself every 5 s.
  private static final Duration RECENT = Duration.ofSeconds(15);

  /// Whether it has announced itself about as lately as the last of all: no node's clock is asked.
  public boolean isRecent(Collection<ClusterNode> all) {
    return all.stream().noneMatch(other -> other.seen.isAfter(seen.plus(RECENT)));
  }
}
