package dev.taskscheduler.redis;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// The prefix that all keys of one scheduler share: `{name}:`. The braces put them all in one slot
/// of a Redis Cluster.
///
/// @param name 1 to 64 characters of `a-z A-Z 0-9 . _ -`
public record Namespace(String name) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  public Namespace {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a namespace has 1 to 64 characters of a-z A-Z 0-9 . _ -, was " + name);
    }
  }

  /// `{name}:suffix` as text, for channels and messages.
  public String text(String suffix) {
    return "{" + name + "}:" + suffix;
  }

  /// `{name}:suffix` as a key.
  public byte[] key(String suffix) {
    return text(suffix).getBytes(StandardCharsets.UTF_8);
  }
}
