package dev.taskscheduler.lease;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/// The fencing token of one leadership, raised once by each new leader; every leader's script
/// compares it with the one in Redis and refuses any other.
///
/// Inside Redis it is compared for equality, so that an epoch that comes back after a failover is
/// told apart by its nonce. Targets outside order by `epoch`, which grows with every leader, even
/// across a loss of Redis.
///
/// @param epoch milliseconds since 1970 by Redis's clock when the lease was acquired, or one more
///   than the last; 1 or more
/// @param nonce 16 hex digits chosen by the candidate, new for each start of a pool
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

  /// A new nonce, for one request for the lease.
  public static String newNonce() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /// Reads `epoch:nonce`, the form in which Redis and the outside see it.
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
