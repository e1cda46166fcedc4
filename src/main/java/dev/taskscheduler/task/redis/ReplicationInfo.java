package dev.taskscheduler.task.redis;

import dev.taskscheduler.redis.ServerInfo;
import dev.taskscheduler.task.StoreServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the replicas of a primary from its `INFO`. A hosted Redis may leave out any part of it.
final class ReplicationInfo {
  private static final int MOST_REPLICAS = 16;

  private ReplicationInfo() {}

  static List<StoreServers.Replica> replicas(ServerInfo info) {
    long written = number(info.field("master_repl_offset").orElse(""));
    List<StoreServers.Replica> replicas = new ArrayList<>();
    for (int i = 0; i < MOST_REPLICAS; i++) {
      Optional<String> line = info.field("slave" + i);
      if (line.isEmpty()) {
        return replicas;
      }
      Map<String, String> words = words(line.get());
      String host = words.getOrDefault("ip", "");
      replicas.add(
          new StoreServers.Replica(
              (host.indexOf(':') < 0 ? host : "[" + host + "]")
                  + ":"
                  + words.getOrDefault("port", ""),
              words.getOrDefault("state", "").equals("online"),
              Duration.ofSeconds(number(words.getOrDefault("lag", ""))),
              Math.max(0, written - number(words.getOrDefault("offset", "")))));
    }
    return replicas;
  }

  /// `name=value,name=value`.
  private static Map<String, String> words(String line) {
    Map<String, String> words = new HashMap<>();
    for (String word : line.split(",", -1)) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        words.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return words;
  }

  /// 0 where it is none.
  private static long number(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }
}
