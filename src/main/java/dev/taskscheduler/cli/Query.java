package dev.taskscheduler.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The query of a URL, made piece by piece.
final class Query {
  private final StringBuilder text = new StringBuilder();

  Query add(String name, String value) {
    text.append(text.isEmpty() ? '?' : '&').append(name).append('=').append(encode(value));
    return this;
  }

  Query add(String name, Optional<String> value) {
    value.ifPresent(given -> add(name, given));
    return this;
  }

  Query addAll(Query other) {
    if (!other.isEmpty()) {
      text.append(text.isEmpty() ? '?' : '&').append(other.text.substring(1));
    }
    return this;
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  @Override
  public String toString() {
    return text.toString();
  }

  /// A name as a part of a path.
  ///
  /// @throws CliException.Usage for one that would be another path
  static String segment(String name) {
    if (name.isEmpty() || name.chars().allMatch(c -> c == '.')) {
      throw new CliException.Usage("'" + name + "' is neither an id nor a name.");
    }
    return encode(name);
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
