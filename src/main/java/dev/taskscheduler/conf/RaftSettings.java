package dev.taskscheduler.conf;

import dev.taskscheduler.leader.raft.PeerCertificates;
import dev.taskscheduler.leader.raft.RaftConfig;
import dev.taskscheduler.leader.raft.RaftNode;
import dev.taskscheduler.leader.raft.RaftProtection;
import dev.taskscheduler.leader.raft.SharedSecret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the settings of Raft.
final class RaftSettings {
  private static final String NODES = "RAFT_NODES";
  private static final String CERTIFICATE = "RAFT_TLS_CERT";
  private static final String KEY = "RAFT_TLS_KEY";
  private static final String SIGNERS = "RAFT_TLS_CA";
  private static final List<String> TLS = List.of(CERTIFICATE, KEY, SIGNERS);
  private static final String SECRET = "RAFT_SECRET_FILE";
  private static final String MAX_TIMEOUT = "RAFT_ELECTION_TIMEOUT_MAX";

  private RaftSettings() {}

  /// Reads them.
  ///
  /// @param group the name that all members share
  static RaftConfig read(Settings settings, String node, String group) {
    Duration timeout = settings.duration("RAFT_ELECTION_TIMEOUT", "500ms", "100ms", "1m");
    Duration min = settings.duration("RAFT_ELECTION_TIMEOUT_MIN", millis(timeout), "100ms", "1m");
    Duration max = settings.duration(MAX_TIMEOUT, millis(min.plus(min)), "150ms", "2m");
    if (max.toMillis() * 2 < min.toMillis() * 3) {
      settings.fault(MAX_TIMEOUT, millis(max), "at least 1.5 times the minimum, " + millis(min));
    }
    return new RaftConfig(
        group,
        settings.text(
            "RAFT_BIND_ADDR", "127.0.0.1:9000", address -> RaftNode.parseAddress(node, address)),
        settings.text("RAFT_DATA_DIR", defaultDirectory(settings, node), Settings::toPath),
        settings.text(NODES, "", RaftNode::parseList),
        settings.choice("RAFT_BOOTSTRAP", RaftConfig.Bootstrap.AUTO),
        min,
        max,
        protection(settings));
  }

  private static RaftProtection protection(Settings settings) {
    Optional<Path> certificate = settings.file(CERTIFICATE);
    Optional<Path> key = settings.file(KEY);
    Optional<Path> signers = settings.file(SIGNERS);
    Optional<Path> secret = settings.file(SECRET);
    secret.ifPresent(file -> checkSecret(settings, file));
    if (certificate.isPresent() && key.isPresent() && signers.isPresent()) {
      return checked(
          settings, new RaftProtection.Certificates(certificate.get(), key.get(), signers.get()));
    }
    if (certificate.isPresent() || key.isPresent() || signers.isPresent()) {
      Map.of(CERTIFICATE, certificate, KEY, key, SIGNERS, signers)
          .forEach((name, file) -> {
            if (file.isEmpty() && settings.valid(name)) {
              settings.fault(
                  name, "", "a file: all of " + String.join(", ", TLS) + " are set, or none");
            }
          });
    }
    return secret
        .<RaftProtection>map(RaftProtection.Secret::new)
        .orElseGet(RaftProtection.None::new);
  }

  private static RaftProtection checked(
      Settings settings, RaftProtection.Certificates certificates) {
    try {
      var unused = PeerCertificates.read(certificates);
    } catch (PeerCertificates.Fault e) {
      String name =
          e.file().equals(certificates.key())
              ? KEY
              : e.file().equals(certificates.signers()) ? SIGNERS : CERTIFICATE;
      settings.fault(name, e.file().toString(), String.valueOf(e.getMessage()));
    }
    return certificates;
  }

  private static void checkSecret(Settings settings, Path file) {
    try {
      var unused = SharedSecret.read(file);
    } catch (IllegalArgumentException e) {
      settings.fault(SECRET, file.toString(), String.valueOf(e.getMessage()));
    }
  }

  /// Checks the list of members against this node's other settings.
  static void check(SchedulerConfig config, Settings settings) {
    List<RaftNode> listed = config.raft().listed();
    if (config.election() != ElectionKind.RAFT || !settings.valid(NODES)) {
      return;
    }
    if (config.leader().eligible()) {
      config.raft().fault().ifPresent(allowed -> settings.fault(NODES, text(listed), allowed));
    } else if (!listed.isEmpty() && config.raft().fault().isEmpty()) {
      settings.fault(
          NODES,
          text(listed),
          "a list without this node: LEADER_ELIGIBLE is false, so it must not vote");
    }
  }

  private static String text(List<RaftNode> nodes) {
    return String.join(",", nodes.stream().map(RaftNode::toString).toList());
  }

  private static String millis(Duration duration) {
    return duration.toMillis() + "ms";
  }

  /// Under systemd's `StateDirectory`, which survives a restart of the machine; else under `/tmp`,
  /// which may not survive, but is always writable.
  private static String defaultDirectory(Settings settings, String node) {
    String parent =
        settings
            .systemVariable("STATE_DIRECTORY")
            .map(paths -> paths.split(":", 2)[0])
            .orElse("/tmp");
    return parent + "/raft-" + node;
  }
}
