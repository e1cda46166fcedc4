package dev.taskscheduler.handlers;

import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.auth.OriginRules;
import dev.taskscheduler.handlers.cluster.NodeSetting;
import dev.taskscheduler.handlers.server.ConnectionLimits;
import dev.taskscheduler.handlers.tls.Transport;
import dev.taskscheduler.handlers.ui.DashboardSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The configuration of the HTTP server.
///
/// @param node this node's id
/// @param host an address or a name to bind; `0.0.0.0` for all
/// @param port 0 to 65535; 0 for any free one
/// @param maxBodyBytes a larger request body is refused with 413
/// @param maxBatchBytes the same for a batch
/// @param idempotencyTtl how long an `Idempotency-Key` is remembered
/// @param requestDeadline how long a client may take to send its headers and body, and a handler to
///   answer
/// @param connections how many clients may have open at once
/// @param version of this program
/// @param access who may call
/// @param transport plain, or over TLS
/// @param origins which names and pages may be used
/// @param dashboard whether there is one, and what it shows
/// @param scheduleFile with schedules that the leader keeps as they stand there
/// @param maxEventStreams how many may listen to `/events` at once
/// @param settings those that may be shown
public record HttpConfig(
    String node,
    String host,
    int port,
    int maxBodyBytes,
    int maxBatchBytes,
    Duration idempotencyTtl,
    Duration requestDeadline,
    ConnectionLimits connections,
    String version,
    AccessPolicy access,
    Transport transport,
    OriginRules origins,
    DashboardSettings dashboard,
    Optional<Path> scheduleFile,
    int maxEventStreams,
    List<NodeSetting> settings) {
  public HttpConfig {
    settings = List.copyOf(settings);
  }

  /// The same with these settings.
  public HttpConfig shown(List<NodeSetting> shown) {
    return new HttpConfig(
        node,
        host,
        port,
        maxBodyBytes,
        maxBatchBytes,
        idempotencyTtl,
        requestDeadline,
        connections,
        version,
        access,
        transport,
        origins,
        dashboard,
        scheduleFile,
        maxEventStreams,
        shown);
  }
}
