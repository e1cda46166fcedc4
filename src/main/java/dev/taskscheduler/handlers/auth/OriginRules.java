package dev.taskscheduler.handlers.auth;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Under which names a node is called, and pages of which other origins may call it.
///
/// @param origins each as `scheme://host` or `scheme://host:port`, in lower case
/// @param hosts names or addresses beyond those of loopback, in lower case and without a port; `*`
///   for any
public record OriginRules(Set<String> origins, Set<String> hosts) {
  private static final Pattern ORIGIN =
      Pattern.compile("https?://([a-z0-9._-]+|\\[[0-9a-f:.]+])(:\\d{1,5})?");
  private static final Pattern HOST = Pattern.compile("[a-z0-9._-]+|\\[[0-9a-f:.]+]");

  public OriginRules {
    origins = Set.copyOf(origins);
    hosts = Set.copyOf(hosts);
  }

  boolean anyHost() {
    return hosts.contains("*");
  }

  /// Reads origins that commas separate; empty for none.
  ///
  /// @throws IllegalArgumentException that says what is allowed
  public static Set<String> origins(String list) {
    return read(list, ORIGIN, "a list of origins such as https://tasks.example.com:8443");
  }

  /// Reads names that commas separate; empty for none.
  ///
  /// @throws IllegalArgumentException that says what is allowed
  public static Set<String> hosts(String list) {
    if (list.strip().equals("*")) {
      return Set.of("*");
    }
    return read(
        list,
        HOST,
        "a list of host names or addresses without ports, such as tasks.example.com,[2001:db8::1];"
            + " or * for any");
  }

  private static Set<String> read(String list, Pattern form, String allowed) {
    Set<String> all = new TreeSet<>();
    if (list.isBlank()) {
      return all;
    }
    for (String one : list.split(",", -1)) {
      String lower = one.strip().toLowerCase(Locale.ROOT);
      if (!form.matcher(lower).matches()) {
        throw new IllegalArgumentException(allowed);
      }
      all.add(lower);
    }
    return all;
  }
}
