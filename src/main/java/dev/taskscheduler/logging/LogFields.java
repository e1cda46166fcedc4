package dev.taskscheduler.logging;

import dev.taskscheduler.tracing.TraceContext;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/// The things that a log line is about, in fields of their own. [JsonLog] writes them beside the
/// message; in text the message alone says it. Pass them as the only parameter of a line:
/// `LOG.log(INFO, "task stopped id=" + id, fields)`. Lines that any code logs inside of [#CURRENT]
/// have those fields too.
public final class LogFields {
  /// The fields of all lines of a thread while it works on one thing. They are made only where a
  /// line is written.
  public static final ScopedValue<Supplier<LogFields>> CURRENT = ScopedValue.newInstance();

  public static final LogFields NONE = new LogFields(Map.of());

  /// The fields that there are. A message of a client cannot make up another.
  private enum Field {
    TASK("task"),
    QUEUE("queue"),
    TYPE("type"),
    ATTEMPT("attempt"),
    EPOCH("epoch"),
    // As OpenTelemetry names them in logs of other formats than its own.
    TRACE("trace_id"),
    SPAN("span_id");

    private final String key;

    Field(String key) {
      this.key = key;
    }
  }

  private static final int LONGEST_VALUE = 256;

  private final Map<Field, Object> values;

  private LogFields(Map<Field, Object> values) {
    this.values = values;
  }

  public LogFields task(String id) {
    return with(Field.TASK, id);
  }

  public LogFields queue(String name) {
    return with(Field.QUEUE, name);
  }

  public LogFields type(String type) {
    return with(Field.TYPE, type);
  }

  public LogFields attempt(int number) {
    return with(Field.ATTEMPT, number);
  }

  public LogFields epoch(long epoch) {
    return with(Field.EPOCH, epoch);
  }

  /// The ids of a trace and its span; none where there is no trace.
  public LogFields trace(Optional<TraceContext> span) {
    return span.map(
            context -> with(Field.TRACE, context.traceId()).with(Field.SPAN, context.spanId()))
        .orElse(this);
  }

  private LogFields with(Field field, Object value) {
    Map<Field, Object> more = new EnumMap<>(Field.class);
    more.putAll(values);
    more.put(field, value);
    return new LogFields(Collections.unmodifiableMap(more));
  }

  /// These, and those of `others` that are not among them.
  private LogFields and(LogFields others) {
    Map<Field, Object> all = new EnumMap<>(Field.class);
    all.putAll(others.values);
    all.putAll(values);
    return new LogFields(all);
  }

  /// Keeps [#CURRENT] in a record that another thread will write.
  static void keep(LogRecord record) {
    if (CURRENT.isBound()) {
      LogFields current = CURRENT.get().get();
      LogFields own = of(record);
      Object[] before = record.getParameters();
      int count = before == null ? 0 : before.length;
      Object[] after = new Object[count + 1];
      if (before != null) {
        System.arraycopy(before, 0, after, 0, count);
      }
      after[count] = own.and(current);
      record.setParameters(after);
    }
  }

  /// Those of a record: its last parameter, where that is one.
  static LogFields of(LogRecord record) {
    Object[] parameters = record.getParameters();
    return parameters != null
            && parameters.length > 0
            && parameters[parameters.length - 1] instanceof LogFields fields
        ? fields
        : NONE;
  }

  /// Whether a record has parameters for its message.
  static boolean fills(Object @Nullable [] parameters) {
    if (parameters != null) {
      for (Object parameter : parameters) {
        if (!(parameter instanceof LogFields)) {
          return true;
        }
      }
    }
    return false;
  }

  /// Appends `,"name":value` for each. Values may be anything that stands in Redis: they are cut.
  void appendTo(StringBuilder line) {
    values.forEach((field, value) -> {
      line.append(",\"").append(field.key).append("\":");
      if (value instanceof String text) {
        line.append('"');
        String cut = text.length() > LONGEST_VALUE ? text.substring(0, LONGEST_VALUE) : text;
        LogLine.appendEscaped(line, cut, true);
        line.append('"');
      } else {
        line.append(value);
      }
    });
  }

  @Override
  public String toString() {
    var line = new StringBuilder();
    appendTo(line);
    return line.toString();
  }
}
