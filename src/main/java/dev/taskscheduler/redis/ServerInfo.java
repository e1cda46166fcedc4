package dev.taskscheduler.redis;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The fields of Redis's `INFO`.
public record ServerInfo(Map<String, String> fields) {
  static ServerInfo parse(Object reply) {
    String text =
        reply instanceof byte[] bytes
            ? new String(bytes, StandardCharsets.UTF_8)
            : String.valueOf(reply);
    Map<String, String> fields = new HashMap<>();
    text.lines()
        .forEach(line -> {
          int colon = line.indexOf(':');
          if (colon > 0) {
            fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
          }
        });
    return new ServerInfo(Map.copyOf(fields));
  }

  /// The value of a field; empty where this Redis does not have it.
  public Optional<String> field(String name) {
    return Optional.ofNullable(fields.get(name));
  }
}
