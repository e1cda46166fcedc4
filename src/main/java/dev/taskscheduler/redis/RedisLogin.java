package dev.taskscheduler.redis;

import java.util.Optional;
import java.util.function.Supplier;

/// The user and password of new connections.
///
/// @param user the ACL user; empty for the default one
/// @param password asked for at each new connection, since it may be in a file that changes; empty
///   where none is needed
public record RedisLogin(Optional<String> user, Optional<Supplier<String>> password) {
  /// Without a user and a password.
  public static final RedisLogin NONE = new RedisLogin(Optional.empty(), Optional.empty());

  /// The user alone.
  @Override
  public String toString() {
    return user.orElse("default");
  }
}
