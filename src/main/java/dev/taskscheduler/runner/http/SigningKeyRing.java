package dev.taskscheduler.runner.http;

import dev.taskscheduler.task.TargetUrl;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// The signing keys of each host. A receiver knows only its own key, so it cannot forward a request
/// to another receiver as if it came from here.
///
/// @param defaults the keys for hosts without a line
/// @param byHost by name or address (IPv6 without brackets) in lower case, or `*.example.com` for
///   all names below a name
public record SigningKeyRing(SigningKeys defaults, Map<String, SigningKeys> byHost) {
  /// No keys; requests are not signed.
  public static final SigningKeyRing NONE = new SigningKeyRing(SigningKeys.NONE, Map.of());

  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*|\\[[0-9a-f:.]+]");
  private static final String ALLOWED =
      "lines of one or two keys, the newer first, each line with a host before them or none, such as"
          + " `api.example.com whsec_...` or `*.example.com whsec_...`";

  public SigningKeyRing {
    byHost = Map.copyOf(byHost);
  }

  /// Parses lines of `[host] key [older key]`. Keys without a host are for all hosts without a
  /// line; `#` begins a comment.
  ///
  /// @throws IllegalArgumentException with the allowed form, never with a key
  public static SigningKeyRing parse(String text) {
    StringBuilder defaults = new StringBuilder();
    Map<String, SigningKeys> byHost = new HashMap<>();
    for (String line : text.split("\\R")) {
      String[] words = line.replaceFirst("#.*", "").strip().split("[\\s,]+", 2);
      String host = words[0].toLowerCase(Locale.ROOT);
      if (!HOST.matcher(host).matches() || SigningKeys.looksLikeKey(words[0])) {
        defaults.append(line.replaceFirst("#.*", "")).append('\n');
        continue;
      }
      SigningKeys keys = SigningKeys.parse(words.length == 2 ? words[1] : "");
      if (keys.isEmpty() || !TargetUrl.plain(host) || byHost.put(normalized(host), keys) != null) {
        throw new IllegalArgumentException(ALLOWED);
      }
    }
    return new SigningKeyRing(SigningKeys.parse(defaults.toString()), byHost);
  }

  /// One notation for each host, since an IPv6 address has many.
  private static String normalized(String host) {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    try {
      return bare.indexOf(':') < 0 ? bare : InetAddress.ofLiteral(bare).getHostAddress();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(ALLOWED, e);
    }
  }

  /// Whether there are no keys.
  public boolean isEmpty() {
    return defaults.isEmpty() && byHost.isEmpty();
  }

  /// The keys for one host: of its own line, else of the longest matching `*.` line, else the
  /// defaults.
  ///
  /// @param host in lower case; IPv6 without brackets
  SigningKeys of(String host) {
    SigningKeys own = byHost.get(normalized(host));
    if (own != null) {
      return own;
    }
    return byHost.entrySet().stream()
        .filter(
            entry -> entry.getKey().startsWith("*.") && host.endsWith(entry.getKey().substring(1)))
        .max(Comparator.comparingInt(entry -> entry.getKey().length()))
        .map(Map.Entry::getValue)
        .orElse(defaults);
  }

  /// The number of keys, never a key.
  @Override
  public String toString() {
    int count = defaults.keys().size();
    for (SigningKeys keys : byHost.values()) {
      count += keys.keys().size();
    }
    return count + " keys for " + byHost.size() + " hosts and others";
  }
}
