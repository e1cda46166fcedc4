package dev.taskscheduler.spi;

import java.util.regex.Pattern;

/// The fencing token of one leadership. Each new leader raises it, and every leader's script
/// refuses any token but the one that is in Redis.
///
/// Redis compares it for equality: the nonce tells apart an epoch that comes back after a failover.
/// Targets outside order tokens by `epoch`, which grows with every leader, even across a loss of
/// Redis.
///
/// @param epoch milliseconds since 1970 by Redis's clock when the lease was acquired, or one more
///   than the epoch before; 1 or more
/// @param nonce 16 hex digits chosen by the candidate, new for each leadership
public record FencingToken(long epoch, String nonce) {
  private static final Pattern NONCE = Pattern.compile("[0-9a-f]{16}");

  public FencingToken {
    if (epoch < 1) {
      throw new IllegalArgumentException("epoch must be >= 1, was " + epoch);
    }
    if (!NONCE.matcher(nonce).matches()) {
      throw new IllegalArgumentException("nonce must be 16 hex digits, was " + nonce);
    }
  }

  /// Reads `epoch:nonce`, the form in which Redis and targets outside see it.
  ///
  /// @throws IllegalArgumentException if `text` has another form
  public static FencingToken parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("not a fencing token: " + text);
    }
    return new FencingToken(Long.parseLong(text.substring(0, colon)), text.substring(colon + 1));
  }

  /// `epoch:nonce`.
  @Override
  public String toString() {
    return epoch + ":" + nonce;
  }
}
