package dev.taskscheduler.handlers;

import java.util.Set;

/// Who may call the REST face.
public sealed interface Access {

  /// Whoever reaches the port, for everything.
  record Everyone() implements Access {}

  /// Whoever shows a token of a file, and nobody else but on what is open.
  ///
  /// @param tokens what stands in the file; it is watched from here on
  /// @param open what is answered without a token
  record Bearers(TokenFile.Sound tokens, Set<OpenArea> open) implements Access {
    public Bearers {
      open = Set.copyOf(open);
    }
  }
}
