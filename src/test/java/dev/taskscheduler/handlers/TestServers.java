package dev.taskscheduler.handlers;

import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.auth.OriginRules;
import dev.taskscheduler.handlers.server.ConnectionLimits;
import dev.taskscheduler.handlers.tls.Transport;
import dev.taskscheduler.metrics.Meters;
import dev.taskscheduler.task.TaskService;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/// Parts of HTTP servers in tests: on loopback at a free port, plain and open to everyone, unless
/// given.
final class TestServers {
  private TestServers() {}

  static HttpConfig config(int maxBodyBytes, int maxBatchBytes, Duration deadline) {
    return config(
        maxBodyBytes, maxBatchBytes, deadline, new AccessPolicy.Everyone(), new Transport.Plain());
  }

  static HttpConfig config(
      int maxBodyBytes,
      int maxBatchBytes,
      Duration deadline,
      AccessPolicy access,
      Transport transport) {
    return config(
        "127.0.0.1",
        0,
        maxBodyBytes,
        maxBatchBytes,
        deadline,
        access,
        transport,
        OriginRules.ANY_HOST);
  }

  /// With bodies of at most 64 KiB.
  static HttpConfig config(String host, AccessPolicy access, OriginRules origins) {
    return config(
        host, 0, 1 << 16, 1 << 16, Duration.ofSeconds(10), access, new Transport.Plain(), origins);
  }

  static HttpConfig config(
      String host,
      int port,
      int maxBodyBytes,
      int maxBatchBytes,
      Duration deadline,
      AccessPolicy access,
      Transport transport,
      OriginRules origins) {
    return new HttpConfig(
        "node1",
        host,
        port,
        maxBodyBytes,
        maxBatchBytes,
        Duration.ofHours(1),
        deadline,
        ConnectionLimits.BY_MEMORY,
        "0.1.0",
        access,
        transport,
        origins);
  }

  /// Meters without gauges.
  static Meters meters() {
    return new Meters("node1");
  }

  /// A node without a leader that runs tasks of type `log`.
  static Scheduler scheduler(MemoryStore store) {
    return new Scheduler(
        new TaskService(store.ports(), Set.of("log"), _ -> {}),
        new GivenLeader(),
        Map::of,
        () -> 0);
  }
}
