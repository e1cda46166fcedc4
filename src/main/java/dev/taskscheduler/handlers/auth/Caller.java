package dev.taskscheduler.handlers.auth;

import java.util.Set;
import java.util.function.BooleanSupplier;

/// The sender of a request, as far as its token says. Bound while the request is handled.
public sealed interface Caller {
  /// Bound by [AccessFilter]; where it is not bound no tokens are asked for.
  ScopedValue<Caller> CURRENT = ScopedValue.newInstance();

  /// Whether the sender of the request would still be admitted now; bound beside [#CURRENT]. For a
  /// response that lasts longer than a token.
  ScopedValue<BooleanSupplier> ADMITTED = ScopedValue.newInstance();

  /// Whether the sender of the request that this thread handles would still be admitted.
  static boolean isStillAdmitted() {
    return ADMITTED.orElse(() -> true).getAsBoolean();
  }

  /// The sender of the request that this thread handles.
  static Caller current() {
    return CURRENT.orElse(Anyone.HERE);
  }

  /// No tokens are asked for: all may do and see everything.
  record Anyone() implements Caller {
    private static final Anyone HERE = new Anyone();
  }

  /// Showed no token that is known, on a path that is open.
  record Stranger() implements Caller {}

  /// Showed a known token.
  record Bearer(ApiToken token) implements Caller {}

  /// As log lines name it.
  default String name() {
    return switch (this) {
      case Anyone anyone -> "anyone";
      case Stranger stranger -> "stranger";
      case Bearer(ApiToken token) -> token.name();
    };
  }

  /// Whether texts may name addresses, users, paths and scripts.
  default boolean seesDetail() {
    return switch (this) {
      case Anyone anyone -> true;
      case Stranger stranger -> false;
      case Bearer(ApiToken token) -> token.right().reads();
    };
  }

  /// `detail` for those who may see it, else `plain`.
  default String shown(String detail, String plain) {
    return seesDetail() ? detail : plain;
  }

  /// Whether tasks of this type may be submitted and looked at.
  default boolean allows(String type) {
    return types().isEmpty() || types().contains(type);
  }

  /// All that are allowed; empty for every type.
  default Set<String> types() {
    return this instanceof Bearer(ApiToken token) ? token.types() : Set.of();
  }
}
