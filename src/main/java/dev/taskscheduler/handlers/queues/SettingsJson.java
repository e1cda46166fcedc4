package dev.taskscheduler.handlers.queues;

import dev.taskscheduler.queue.QueueSettings;
import dev.taskscheduler.queue.QueueSource;
import dev.taskscheduler.task.TaskOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// Writes settings: those of one name or pattern as `PUT` takes them, or those in effect with where
/// each comes from.
final class SettingsJson {
  /// The field that holds the options of tasks that do not say.
  static final String DEFAULTS = "defaults";

  private SettingsJson() {}

  /// Writes the member `settings`.
  static void own(JsonGenerator json, QueueSettings settings) {
    Map<String, Object> tree = new LinkedHashMap<>();
    values(settings).forEach((pointer, value) -> put(tree, pointer, value));
    write(json, "settings", tree);
  }

  /// Writes the member `effective`: the most specific source decides each setting by itself.
  ///
  /// @param sources the most specific first
  static void effective(JsonGenerator json, List<QueueSource> sources) {
    Map<String, Object> found = new LinkedHashMap<>();
    for (QueueSource source : sources) {
      values(source.settings())
          .forEach((pointer, value) -> found.putIfAbsent(pointer, from(value, source.name())));
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    found.forEach((pointer, value) -> put(tree, pointer, value));
    write(json, "effective", tree);
  }

  private static Map<String, Object> from(Object value, String source) {
    Map<String, Object> both = new LinkedHashMap<>();
    both.put("value", value);
    both.put("from", source);
    return both;
  }

  /// Each setting that is set, by its JSON pointer.
  private static Map<String, Object> values(QueueSettings settings) {
    Map<String, Object> values = new LinkedHashMap<>();
    add(values, "/concurrency", settings.concurrency());
    add(values, "/rate", settings.rate());
    add(values, "/burst", settings.burst());
    add(values, "/weight", settings.weight());
    add(values, "/honourRetryAfter", settings.honourRetryAfter());
    for (TaskOption<?> option : QueueSettings.DEFAULTS) {
      add(values, "/" + DEFAULTS + option.pointer(), settings.defaults().get(option));
    }
    return values;
  }

  private static void add(Map<String, Object> values, String pointer, Optional<?> value) {
    value.ifPresent(some -> values.put(pointer, some));
  }

  @SuppressWarnings("unchecked") // all that is no leaf is made here
  private static void put(Map<String, Object> tree, String pointer, Object value) {
    String[] names = pointer.substring(1).split("/");
    Map<String, Object> object = tree;
    for (int i = 0; i < names.length - 1; i++) {
      object =
          (Map<String, Object>) object.computeIfAbsent(names[i], name -> new LinkedHashMap<>());
    }
    object.put(names[names.length - 1], value);
  }

  private static void write(JsonGenerator json, String name, Object value) {
    json.writeName(name);
    switch (value) {
      case Map<?, ?> object -> {
        json.writeStartObject();
        object.forEach((field, inner) -> write(json, String.valueOf(field), inner));
        json.writeEndObject();
      }
      case Integer number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case Boolean flag -> json.writeBoolean(flag);
      case Object text -> json.writeString(text.toString());
    }
  }
}
