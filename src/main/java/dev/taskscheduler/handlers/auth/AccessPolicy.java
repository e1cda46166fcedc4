package dev.taskscheduler.handlers.auth;

import java.util.Set;

/// The policy of access to the REST API.
public sealed interface AccessPolicy {

  /// Whoever reaches the port, for everything.
  record Everyone() implements AccessPolicy {}

  /// Whoever shows a token of a file, and nobody else but on what is open.
  ///
  /// @param tokens what stands in the file; it is watched from here on
  /// @param open what is answered without a token
  record Bearers(TokenFile.Valid tokens, Set<PublicEndpoints> open) implements AccessPolicy {
    public Bearers {
      open = Set.copyOf(open);
    }
  }
}
