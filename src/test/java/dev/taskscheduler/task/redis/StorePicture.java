package dev.taskscheduler.task.redis;

import static java.util.stream.Collectors.toMap;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;

/// All keys of a namespace, each in a form that says nothing that a test cannot know beforehand:
/// whole hours instead of times, and no times of attempts.
final class StorePicture {
  private static final String NS = "{scheduler}:";

  /// Of a callback what the model knows too: its parent and its URL. The rest tells times.
  private static final Pattern CALLBACK =
      Pattern.compile(
          "(?s)(callback q=callback( p=\\S+)?(\t[^\n]*)?\n\\{\"task\":\"([^\"]+)\",\"url\":\"[^\"]+\"),.*\\}");

  private static final long HOUR = 3_600_000;

  final Map<String, String> keys = new TreeMap<>();

  /// Submission times in microseconds by task.
  final Map<String, Long> submitted = new HashMap<>();

  /// Callbacks' ids by what they say of their parent.
  final Map<String, String> callbacks = new TreeMap<>();

  private long nowMs;

  static StorePicture of(Jedis jedis) {
    return new StorePicture(jedis);
  }

  private StorePicture(Jedis jedis) {
    Set<String> names = jedis.keys("*");
    names.remove(NS + "leader");
    names.remove(NS + "format");
    names.removeIf(name -> StoreOnRedis.FOLLOWS.matcher(name.replace(NS, "")).matches());
    Map<String, Response<?>> values = new TreeMap<>();
    Map<String, Response<Long>> ttls = new TreeMap<>();
    try (Pipeline pipeline = jedis.pipelined()) {
      Response<List<String>> time = pipeline.time();
      for (String name : names) {
        String key = name.startsWith(NS) ? name.substring(NS.length()) : name;
        values.put(key, read(pipeline, name, key));
        if (expires(key)) {
          ttls.put(key, pipeline.pttl(name));
        }
      }
      pipeline.sync();
      nowMs = Long.parseLong(time.get().getFirst()) * 1000;
    }
    values.forEach((key, value) -> keys.put(key, shown(key, value.get(), ttls.get(key))));
  }

  private static boolean expires(String key) {
    return key.startsWith("unique:") || key.startsWith("idempotency:");
  }

  private static Response<?> read(Pipeline pipeline, String name, String key) {
    return switch (key.replaceFirst(":.*", "")) {
      case "ready", "attempts", "done" -> pipeline.lrange(name, 0, -1);
      case "running", "cancelling", "stale", "paused", "settings" -> pipeline.hgetAll(name);
      case "scheduled", "retained", "dead", "expired", "cancelled", "leaders" ->
          pipeline.zrangeWithScores(name, 0, -1);
      case "task", "unique", "idempotency" -> pipeline.get(name);
      default -> pipeline.type(name); // a key that nobody knows
    };
  }

  private String shown(String key, Object value, @Nullable Response<Long> ttl) {
    String kind = key.replaceFirst(":.*", "");
    String text =
        switch (kind) {
          case "ready" -> ((List<?>) value).reversed().toString();
          case "attempts" ->
              ((List<?>) value).stream().map(StorePicture::trail).toList().toString();
          case "running" ->
              entries(
                  value,
                  run -> {
                    var parsed = TaskRecordCodec.Running.parse(run).orElseThrow();
                    return parsed.token() + " " + parsed.attempt();
                  });
          case "stale" -> entries(value, count -> count);
          case "cancelling", "paused", "settings" ->
              new TreeSet<>(((Map<?, ?>) value).keySet()).toString();
          case "scheduled", "retained" -> hours(value);
          case "dead", "expired", "cancelled" -> new TreeSet<>(elements(value)).toString();
          case "leaders" -> elements(value).toString();
          case "task" -> record(key.substring(5), (String) value);
          default -> value.toString();
        };
    return ttl == null || ttl.get() < 0 ? text : text + " for a time";
  }

  private static String entries(Object hash, java.util.function.UnaryOperator<String> value) {
    return new TreeMap<>(
            ((Map<?, ?>) hash)
                .entrySet().stream()
                    .collect(
                        toMap(e -> (String) e.getKey(), e -> value.apply((String) e.getValue()))))
        .entrySet()
        .toString();
  }

  private static List<String> elements(Object zset) {
    return ((List<?>) zset)
        .stream().map(t -> ((redis.clients.jedis.resps.Tuple) t).getElement()).toList();
  }

  private String hours(Object zset) {
    Map<String, Long> hours = new TreeMap<>();
    for (Object each : (List<?>) zset) {
      var tuple = (redis.clients.jedis.resps.Tuple) each;
      double left = tuple.getScore() - nowMs;
      hours.put(tuple.getElement(), left < 0 ? StoreModel.OVER : Math.round(left / HOUR));
    }
    return hours.entrySet().toString();
  }

  private static String trail(Object line) {
    String text = (String) line;
    String[] parts = text.split(" ", 6);
    return text.startsWith("=") || parts.length < 6
        ? text
        : String.join(" ", parts[0], parts[1], parts[4], parts[5]);
  }

  private String record(String id, String record) {
    String zeros = "0".repeat(13);
    List<String> parts = new ArrayList<>();
    parts.add(record.substring(0, 1));
    parts.add(record.substring(1, 14).equals(zeros) ? "-" : "started");
    if (!record.substring(14, 27).equals(zeros)) {
      parts.add("ended");
    }
    parts.add(record.substring(27, 33));
    parts.add(record.substring(33, 45));
    parts.add(record.substring(45, 49));
    parts.add(record.substring(49, 50));
    long at = Long.parseLong(record.substring(50, 63), 16);
    submitted.put(id, at);
    parts.add(Long.toString(at));
    String rest = record.substring(63);
    Matcher callback = CALLBACK.matcher(rest);
    if (callback.matches()) {
      callbacks.put(id, callback.group(4));
      rest = callback.group(1) + "}";
    }
    return String.join(" ", parts) + " " + rest;
  }

  /// Where two pictures differ: key, what is, what should be.
  static Map<String, String> differences(Map<String, String> model, Map<String, String> redis) {
    Map<String, String> differ = new TreeMap<>();
    Set<String> all = new TreeSet<>(model.keySet());
    all.addAll(redis.keySet());
    for (String key : all) {
      if (!java.util.Objects.equals(model.get(key), redis.get(key))) {
        differ.put(key, "is " + redis.get(key) + ", should be " + model.get(key));
      }
    }
    return differ;
  }
}
