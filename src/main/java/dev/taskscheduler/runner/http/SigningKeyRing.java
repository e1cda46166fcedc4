package dev.taskscheduler.runner.http;

import dev.taskscheduler.task.TargetUrl;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// The signing keys of each host. A receiver knows its own key only, so that it cannot send what it
/// received to another receiver as if it came from us.
///
/// @param others the keys for hosts that no line names
/// @param byHost by name or address (IPv6 without brackets) in lower case, or `*.example.com` for
///   all names below one
public record SigningKeyRing(SigningKeys others, Map<String, SigningKeys> byHost) {
  /// No keys: no request is signed.
  public static final SigningKeyRing NONE = new SigningKeyRing(SigningKeys.NONE, Map.of());

  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*|\\[[0-9a-f:.]+]");
  private static final String ALLOWED =
      "lines of one or two keys, the newer first, each line with a host before them or none, such as"
          + " `api.example.com whsec_...` or `*.example.com whsec_...`";

  public SigningKeyRing {
    byHost = Map.copyOf(byHost);
  }

  /// Reads one line for each host: `[host] key [newer key first]`. Keys without a host are for all
  /// hosts that no line names; `#` begins a comment.
  ///
  /// @throws IllegalArgumentException that says what is allowed, and never repeats a key
  public static SigningKeyRing parse(String text) {
    StringBuilder others = new StringBuilder();
    Map<String, SigningKeys> byHost = new HashMap<>();
    for (String line : text.split("\\R")) {
      String[] words = line.replaceFirst("#.*", "").strip().split("[\\s,]+", 2);
      String host = words[0].toLowerCase(Locale.ROOT);
      if (!HOST.matcher(host).matches() || SigningKeys.meant(words[0])) {
        others.append(line.replaceFirst("#.*", "")).append('\n');
        continue;
      }
      SigningKeys keys = SigningKeys.parse(words.length == 2 ? words[1] : "");
      if (keys.isEmpty() || !TargetUrl.plain(host) || byHost.put(spelled(host), keys) != null) {
        throw new IllegalArgumentException(ALLOWED);
      }
    }
    return new SigningKeyRing(SigningKeys.parse(others.toString()), byHost);
  }

  /// One spelling for each host: an IPv6 address may be written in many ways.
  private static String spelled(String host) {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    try {
      return bare.indexOf(':') < 0 ? bare : InetAddress.ofLiteral(bare).getHostAddress();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(ALLOWED, e);
    }
  }

  /// Whether no request is signed.
  public boolean isEmpty() {
    return others.isEmpty() && byHost.isEmpty();
  }

  /// The keys for one host: those of its own line, else of the longest `*.` line above it, else
  /// those for all others.
  ///
  /// @param host in lower case; IPv6 without brackets
  SigningKeys of(String host) {
    SigningKeys own = byHost.get(spelled(host));
    if (own != null) {
      return own;
    }
    return byHost.entrySet().stream()
        .filter(each -> each.getKey().startsWith("*.") && host.endsWith(each.getKey().substring(1)))
        .max(Comparator.comparingInt(each -> each.getKey().length()))
        .map(Map.Entry::getValue)
        .orElse(others);
  }

  /// How many keys there are, never one of them.
  @Override
  public String toString() {
    int count = others.keys().size();
    for (SigningKeys keys : byHost.values()) {
      count += keys.keys().size();
    }
    return count + " keys for " + byHost.size() + " hosts and others";
  }
}
