package dev.taskscheduler.leader.raft;

import java.nio.file.Path;

/// The ways in which members prove to each other that they belong to the group.
public sealed interface RaftProtection {
  /// In a word, for the log.
  String word();

  /// Nobody proves anything: for a group of one, or one that listens on loopback alone.
  record None() implements RaftProtection {
    @Override
    public String word() {
      return "nothing";
    }
  }

  /// Both sides of a connection prove that they know a secret, and each frame carries a code made
  /// with it. Nothing is encrypted.
  ///
  /// @param file one secret a line; the first is used, and all are accepted
  record Secret(Path file) implements RaftProtection {
    @Override
    public String word() {
      return "secret";
    }
  }

  /// TLS, in which both sides show a certificate that names them.
  ///
  /// @param certificate this member's own certificate first, then those that signed it; PEM
  /// @param key its private key in PKCS#8; PEM
  /// @param signers who may have signed a member's certificate; PEM
  record Certificates(Path certificate, Path key, Path signers) implements RaftProtection {
    @Override
    public String word() {
      return "tls";
    }
  }
}
