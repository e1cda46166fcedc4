package dev.taskscheduler.logging;

import java.util.logging.LogRecord;

/// Formats a log record as one JSON object on a line, for collectors. Its fields are `ts`, `level`,
/// `logger`, `node`, `message`, those of [LogFields], and `error` with the stack trace if there is
/// one.
public final class JsonLog extends LogLine {
  private final String node;

  /// @param node the name of this node, for every line
  public JsonLog(String node) {
    this.node = node;
  }

  @Override
  void append(StringBuilder line, LogRecord record) {
    line.append("{\"ts\":\"");
    appendTime(line, record.getInstant());
    line.append("\",\"level\":\"").append(level(record.getLevel()));
    line.append("\",\"logger\":\"");
    appendEscaped(line, String.valueOf(record.getLoggerName()), true);
    line.append("\",\"node\":\"");
    appendEscaped(line, node, true);
    line.append("\",\"message\":\"");
    appendEscaped(line, message(record), true);
    line.append('"');
    LogFields.of(record).appendTo(line);
    String trace = trace(record);
    if (trace != null) {
      line.append(",\"error\":\"");
      appendEscaped(line, trace, true);
      line.append('"');
    }
    line.append('}');
  }
}
