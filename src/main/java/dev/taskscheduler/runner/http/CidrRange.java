package dev.taskscheduler.runner.http;

import dev.taskscheduler.task.TargetUrl;
import java.net.InetAddress;
import java.util.regex.Pattern;

/// A range of addresses as CIDR writes it: `10.0.0.0/8`, `fd00::/8`; without a length, one address.
///
/// @param address the first of them, 4 or 16 bytes; not to be changed after
/// @param bits how many leading bits all of them share
record CidrRange(byte[] address, int bits) {
  private static final Pattern LITERAL =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  /// Whether `text` is meant as an address or a range, and not as a host's name.
  static boolean meant(String text) {
    return text.indexOf('/') >= 0 || text.indexOf(':') >= 0 || LITERAL.matcher(text).matches();
  }

  /// Reads one.
  ///
  /// @throws IllegalArgumentException if it is neither an address nor a range
  static CidrRange parse(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    if (!LITERAL.matcher(literal).matches() || !TargetUrl.plain(literal)) {
      throw new IllegalArgumentException(text + " is no address");
    }
    byte[] address = InetAddress.ofLiteral(literal).getAddress();
    int longest = address.length * 8;
    int bits = slash < 0 ? longest : Integer.parseInt(text.substring(slash + 1));
    if (bits < 0 || bits > longest) {
      throw new IllegalArgumentException(text + " has no such length");
    }
    return new CidrRange(address, bits);
  }

  boolean contains(InetAddress other) {
    return contains(other.getAddress());
  }

  boolean contains(byte[] other) {
    if (other.length != address.length) {
      return false;
    }
    int whole = bits / 8;
    for (int i = 0; i < whole; i++) {
      if (other[i] != address[i]) {
        return false;
      }
    }
    int rest = bits % 8;
    return rest == 0 || ((other[whole] ^ address[whole]) & (0xff00 >> rest) & 0xff) == 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CidrRange network
        && bits == network.bits
        && java.util.Arrays.equals(address, network.address);
  }

  @Override
  public int hashCode() {
    return 31 * java.util.Arrays.hashCode(address) + bits;
  }
}
