package dev.taskscheduler.handlers;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;

/// A token by its SHA-256, which is all that is kept of it. A fast hash is enough, since a token is
/// random and long: there is no list of likely ones to try, which is what slow hashes and salt are
/// for.
public final class ApiToken {

  /// What the bearer of a token may do.
  enum Right {
    /// GET and HEAD.
    READ,
    /// Everything.
    ALL
  }

  private final String name;
  private final Right right;
  private final byte[] digest;

  /// @param name for people
  /// @param digest the SHA-256 of the token's bytes
  ApiToken(String name, Right right, byte[] digest) {
    this.name = name;
    this.right = right;
    this.digest = digest.clone();
  }

  static byte[] sha256(byte[] token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// What the bearer of the token with this digest may do; empty if it is none of `tokens`. Takes
  /// as long for a digest that is nearly right as for any other, and compares with all of them.
  static Optional<Right> right(List<ApiToken> tokens, byte[] digest) {
    Optional<Right> right = Optional.empty();
    for (ApiToken token : tokens) {
      if (token.has(digest)) {
        right = Optional.of(token.right);
      }
    }
    return right;
  }

  boolean has(byte[] other) {
    return MessageDigest.isEqual(digest, other);
  }

  String name() {
    return name;
  }

  @Override
  public String toString() {
    return name + " " + right;
  }
}
