package dev.taskscheduler.leader.raft;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// A member of the Raft group as `RAFT_NODES` names it.
///
/// @param host a name or an address; IPv6 without brackets
public record RaftNode(String id, String host, int port) {
  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^\\s:\\[\\]/@,]*):(\\d{1,5})");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int LAST_PORT = 65_535;
  private static final String FORM =
      "ID:host:port, comma-separated, such as n1:10.0.0.1:9000,n2:[::1]:9000; ports 1 to 65535";

  /// Reads a whole list; an empty text is an empty list.
  ///
  /// @throws IllegalArgumentException saying what is allowed, if an entry is malformed or an id or
  ///   an address is there twice
  public static List<RaftNode> parseList(String text) {
    List<RaftNode> nodes = new ArrayList<>();
    if (text.isBlank()) {
      return nodes;
    }
    Set<String> ids = new HashSet<>();
    Set<String> addresses = new HashSet<>();
    for (String entry : text.split(",", -1)) {
      RaftNode node = parse(entry.strip());
      if (!ids.add(node.id)) {
        throw new IllegalArgumentException("each ID once; " + node.id + " is there twice");
      }
      if (!addresses.add(node.address())) {
        throw new IllegalArgumentException(
            "each address once; " + node.address() + " is there twice");
      }
      nodes.add(node);
    }
    return nodes;
  }

  private static RaftNode parse(String entry) {
    int colon = entry.indexOf(':');
    if (colon < 1 || !ID.matcher(entry.substring(0, colon)).matches()) {
      throw new IllegalArgumentException(FORM + "; '" + entry + "' is not");
    }
    try {
      RaftNode node = parseAddress(entry.substring(0, colon), entry.substring(colon + 1));
      if (!node.host.isEmpty() && node.port > 0) {
        return node;
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(FORM + "; '" + entry + "' is not", e);
    }
    throw new IllegalArgumentException(FORM + "; '" + entry + "' is not");
  }

  /// Reads `host:port`; the host may be empty, for all addresses.
  ///
  /// @throws IllegalArgumentException saying what is allowed
  public static RaftNode parseAddress(String id, String address) {
    var matcher = ADDRESS.matcher(address);
    if (!matcher.matches()
        || Integer.parseInt(matcher.group(2)) > LAST_PORT
        || Integer.parseInt(matcher.group(2)) < 1) {
      throw new IllegalArgumentException("host:port, [::1]:port or :port; ports 1 to 65535");
    }
    String host = matcher.group(1);
    boolean bracketed = host.startsWith("[");
    return new RaftNode(
        id,
        bracketed ? host.substring(1, host.length() - 1) : host,
        Integer.parseInt(matcher.group(2)));
  }

  /// Whether a text has the form of a member's id.
  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /// `host:port`, IPv6 in brackets.
  public String address() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /// Where to bind or connect; a name is looked up anew each time, for it may come to exist, or to
  /// mean another address.
  InetSocketAddress socketAddress() {
    return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return id + ":" + address();
  }
}
