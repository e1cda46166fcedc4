package dev.taskscheduler.runner.http;

import dev.taskscheduler.task.TargetUrl;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// A list of hosts: names, `*.example.com` for all names below a name, addresses and ranges.
///
/// @param names in lower case
/// @param suffixes of names, each begins with a dot
/// @param networks ranges of addresses
public record HostAllowlist(List<String> names, List<String> suffixes, List<CidrRange> networks) {
  /// An empty list.
  public static final HostAllowlist NONE = new HostAllowlist(List.of(), List.of(), List.of());

  private static final Pattern NAME = Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*");
  private static final String ALLOWED =
      "a comma list of host names (example.com), names under a domain (*.example.com), addresses"
          + " (192.0.2.7, 2001:db8::7) and ranges (10.0.0.0/8)";

  public HostAllowlist {
    names = List.copyOf(names);
    suffixes = List.copyOf(suffixes);
    networks = List.copyOf(networks);
  }

  /// Parses a comma list; blank text is an empty list.
  ///
  /// @throws IllegalArgumentException that says what is allowed
  public static HostAllowlist parse(String text) {
    List<String> names = new ArrayList<>();
    List<String> suffixes = new ArrayList<>();
    List<CidrRange> networks = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String rule = part.strip().toLowerCase(Locale.ROOT);
      if (rule.isEmpty()) {
        continue;
      }
      if (CidrRange.looksLikeAddress(rule)) {
        networks.add(network(rule));
      } else if (!NAME.matcher(rule).matches() || !TargetUrl.plain(rule)) {
        throw new IllegalArgumentException(ALLOWED + "; '" + rule + "' is none of these");
      } else if (rule.startsWith("*.")) {
        suffixes.add(rule.substring(1));
      } else {
        names.add(rule);
      }
    }
    return new HostAllowlist(names, suffixes, networks);
  }

  private static CidrRange network(String rule) {
    try {
      return CidrRange.parse(rule);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(ALLOWED + "; '" + rule + "' is none of these", e);
    }
  }

  boolean isEmpty() {
    return names.isEmpty() && suffixes.isEmpty() && networks.isEmpty();
  }

  /// Whether the list names this host, which is in lower case.
  boolean names(String host) {
    return names.contains(host) || suffixes.stream().anyMatch(host::endsWith);
  }

  /// Whether the list has this address or a range that contains it.
  boolean contains(InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address.getAddress()));
  }
}
