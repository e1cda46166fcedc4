package dev.taskscheduler.runner.http;

import dev.taskscheduler.task.TargetUrl;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.regex.Pattern;

/// A range of addresses in CIDR notation: `10.0.0.0/8`, `fd00::/8`; one address without a length.
///
/// @param address the first address
/// @param prefixBits how many leading bits all addresses share
record CidrRange(InetAddress address, int prefixBits) {
  private static final Pattern LITERAL =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  /// Whether `text` has the form of an address or a range rather than of a host name.
  static boolean looksLikeAddress(String text) {
    return text.indexOf('/') >= 0 || text.indexOf(':') >= 0 || LITERAL.matcher(text).matches();
  }

  /// Parses an address or a range.
  ///
  /// @throws IllegalArgumentException if it is neither an address nor a range
  static CidrRange parse(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    if (!LITERAL.matcher(literal).matches() || !TargetUrl.plain(literal)) {
      throw new IllegalArgumentException(text + " is not an address");
    }
    InetAddress address = InetAddress.ofLiteral(literal);
    int maxBits = address.getAddress().length * 8;
    int prefixBits = slash < 0 ? maxBits : Integer.parseInt(text.substring(slash + 1));
    if (prefixBits < 0 || prefixBits > maxBits) {
      throw new IllegalArgumentException(text + " has no such prefix length");
    }
    return new CidrRange(address, prefixBits);
  }

  boolean contains(byte[] other) {
    byte[] own = address.getAddress();
    return other.length == own.length
        && new BigInteger(1, own).xor(new BigInteger(1, other)).bitLength()
            <= own.length * 8 - prefixBits;
  }
}
