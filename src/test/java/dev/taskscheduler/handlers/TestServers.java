package dev.taskscheduler.handlers;

import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.auth.OriginRules;
import dev.taskscheduler.handlers.cluster.NodeSetting;
import dev.taskscheduler.handlers.server.ConnectionLimits;
import dev.taskscheduler.handlers.tls.Transport;
import dev.taskscheduler.handlers.ui.DashboardSettings;
import dev.taskscheduler.handlers.wire.HttpListener;
import dev.taskscheduler.metrics.GaugeSources;
import dev.taskscheduler.metrics.Meters;
import dev.taskscheduler.task.StoreHealth;
import dev.taskscheduler.task.StoreServers;
import dev.taskscheduler.task.TaskService;
import dev.taskscheduler.testing.TaskTypes;
import io.helidon.webserver.spi.ServerFeature;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Parts of HTTP servers in tests: on loopback at a free port, plain and open to everyone, unless
/// given.
final class TestServers {
  static final OriginRules ANY_HOST = new OriginRules(Set.of(), Set.of("*"));

  static final int MOST_STREAMS = 3;

  private static final StoreHealth NEVER_ASKED =
      new StoreHealth(
          false,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          0,
          StoreServers.UNKNOWN,
          0);

  /// As many as come.
  static final ConnectionLimits UNLIMITED =
      new ConnectionLimits(Integer.MAX_VALUE, Integer.MAX_VALUE);

  private TestServers() {}

  static HttpServer server(
      HttpConfig config, Scheduler scheduler, HttpListener listener, ServerFeature... features) {
    return new HttpServer(config, scheduler, listener, UNLIMITED, features);
  }

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
        "127.0.0.1", 0, maxBodyBytes, maxBatchBytes, deadline, access, transport, ANY_HOST);
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
        origins,
        new DashboardSettings(true, false),
        Optional.empty(),
        MOST_STREAMS,
        List.of(new NodeSetting("LEASE_TTL", "2s", "default")));
  }

  /// The meters of a node that follows and knows no counts.
  static Meters meters() {
    Meters meters = new Meters("node1");
    meters.gauges(
        new GaugeSources(Optional::empty, () -> 0, Optional::empty, Set::of, () -> NEVER_ASKED));
    return meters;
  }

  /// A node without a leader that runs tasks of type `log`.
  static Scheduler scheduler(MemoryStore store) {
    return new Scheduler(
        new TaskService(store.ports(), TaskTypes.of("log"), _ -> {}),
        store.queues,
        store.schedules,
        Optional.empty(),
        new GivenLeader(),
        Map::of,
        () -> 0,
        new MemoryAudit(),
        store,
        4);
  }
}
