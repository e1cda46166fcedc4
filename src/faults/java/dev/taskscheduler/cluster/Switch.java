package dev.taskscheduler.cluster;

import dev.taskscheduler.testing.NetworkHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The network that `src/faults/cut` made: three hosts and one for Redis in namespaces of their
/// own, on a bridge whose rules cut them off from one another.
///
/// @param prefix of the namespaces' names
record Switch(String prefix) {
  private static final int NODES = 3;
  private static final String REDIS = "redis";

  List<NetworkHost> nodes() {
    return IntStream.rangeClosed(1, NODES)
        .mapToObj(i -> NetworkHost.namespace(prefix + "-h" + i, "10.99.0." + i))
        .toList();
  }

  NetworkHost redis() {
    return NetworkHost.namespace(prefix + "-" + REDIS, "10.99.0.10");
  }

  /// From now on nothing comes through between a node and its peers, in neither direction.
  ///
  /// @param node 0 to 2
  void cutFromPeers(int node) {
    IntStream.range(0, NODES).filter(i -> i != node).forEach(i -> cut(node, "h" + (i + 1)));
  }

  /// From now on nothing comes through between a node and Redis.
  void cutFromRedis(int node) {
    cut(node, REDIS);
  }

  private void cut(int node, String other) {
    String own = "p-h" + (node + 1);
    nft("add", "rule", "bridge", "cut", "cuts", "iifname", own, "oifname", "p-" + other, "drop");
    nft("add", "rule", "bridge", "cut", "cuts", "iifname", "p-" + other, "oifname", own, "drop");
  }

  void heal() {
    nft("flush", "chain", "bridge", "cut", "cuts");
  }

  private void nft(String... words) {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", prefix + "-sw", "nft"));
    command.addAll(List.of(words));
    try {
      int status = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (status != 0) {
        throw new IllegalStateException(command + " ended with status " + status);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
