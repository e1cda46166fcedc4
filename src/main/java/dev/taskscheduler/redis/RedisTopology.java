package dev.taskscheduler.redis;

import java.util.List;
import java.util.stream.Collectors;

/// The servers that an address names, and how the primary among them is found.
public sealed interface RedisTopology {
  /// One server, or a name that leads to the primary.
  record Single(RedisAddress address) implements RedisTopology {
    @Override
    public String toString() {
      return address.toString();
    }
  }

  /// A primary that Sentinels watch and replace.
  ///
  /// @param sentinels some of them, at least one
  /// @param primary its name, as the Sentinels know it
  /// @param login at the Sentinels themselves
  record Sentinel(List<RedisAddress> sentinels, String primary, RedisLogin login)
      implements RedisTopology {
    public Sentinel {
      sentinels = List.copyOf(sentinels);
    }

    @Override
    public String toString() {
      return listed(sentinels) + "/" + primary;
    }
  }

  /// A Redis Cluster. A namespace is in one slot, so one of its primaries serves it.
  ///
  /// @param nodes some of them, at least one
  record Cluster(List<RedisAddress> nodes) implements RedisTopology {
    public Cluster {
      nodes = List.copyOf(nodes);
    }

    @Override
    public String toString() {
      return listed(nodes);
    }
  }

  private static String listed(List<RedisAddress> addresses) {
    return addresses.stream().map(RedisAddress::toString).collect(Collectors.joining(","));
  }
}
