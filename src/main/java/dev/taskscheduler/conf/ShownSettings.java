package dev.taskscheduler.conf;

import dev.taskscheduler.handlers.cluster.NodeSetting;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The settings that everyone who may read may see. All others stay hidden: those that hold a
/// password, a token or a key, or may hold one in a URL, those that name the files of such, and
/// those that nobody has thought about.
final class ShownSettings {
  static final Set<String> NAMES =
      Set.of(
          "API_ALLOWED_HOSTS",
          "API_ALLOWED_ORIGINS",
          "API_OPEN",
          "CONSENSUS_TYPE",
          "DRAIN_TIMEOUT",
          "HTTP_ALLOW_PRIVATE",
          "HTTP_ALLOWED_HOSTS",
          "HTTP_CONNECT_TIMEOUT",
          "HTTP_MAX_RESPONSE_BYTES",
          "HTTP_TIMEOUT",
          "IDEMPOTENCY_TTL",
          "LEADER_ELIGIBLE",
          "LEASE_TTL",
          "LISTEN_ADDR",
          "LOG_FORMAT",
          "LOG_LEVEL",
          "MAX_ATTEMPTS",
          "MAX_BATCH_BYTES",
          "MAX_BODY_BYTES",
          "MAX_CONNECTIONS",
          "MAX_CONNECTIONS_PER_ADDRESS",
          "MAX_DEAD",
          "MAX_EVENT_STREAMS",
          "MAX_FINISHED",
          "MAX_PENDING",
          "MAX_RESULT_BYTES",
          "NODE_ID",
          "OTEL_SERVICE_NAME",
          "OTEL_TRACES_SAMPLER_ARG",
          "PRIORITY_AGEING",
          "PRIORITY_POLICY",
          "PRIORITY_WEIGHTS",
          "RAFT_BIND_ADDR",
          "RAFT_BOOTSTRAP",
          "RAFT_ELECTION_TIMEOUT",
          "RAFT_ELECTION_TIMEOUT_MAX",
          "RAFT_ELECTION_TIMEOUT_MIN",
          "RAFT_NODES",
          "REDIS_NAMESPACE",
          "REPAIR_INTERVAL",
          "REQUEST_TIMEOUT",
          "RETENTION",
          "RETRY_BACKOFF",
          "RETRY_BACKOFF_FACTOR",
          "RETRY_BACKOFF_MAX",
          "SCHEDULES_FILE",
          "TASK_TIMEOUT",
          "UI",
          "UI_HIDE_PAYLOADS",
          "WORKER_COUNT");

  private final Map<String, NodeSetting> read = new TreeMap<>();

  /// Notes what a setting is, if it may be shown.
  void note(String name, String value, String from) {
    if (NAMES.contains(name)) {
      read.put(name, new NodeSetting(name, value, from));
    }
  }

  /// All that were read, by name.
  List<NodeSetting> all() {
    return List.copyOf(read.values());
  }
}
