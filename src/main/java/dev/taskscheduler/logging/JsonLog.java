package dev.taskscheduler.logging;

import java.util.logging.LogRecord;

/// Formats a log record as one JSON object on a line, for collectors. Its fields are `ts`, `level`,
/// `logger`, `message`, and `error` with the stack trace if there is one.
public final class JsonLog extends LogLine {
  @Override
  void append(StringBuilder line, LogRecord record) {
    line.append("{\"ts\":\"");
    appendTime(line, record.getInstant());
    line.append("\",\"level\":\"").append(level(record.getLevel()));
    line.append("\",\"logger\":\"");
    appendEscaped(line, String.valueOf(record.getLoggerName()), true);
    line.append("\",\"message\":\"");
    appendEscaped(line, message(record), true);
    String trace = trace(record);
    if (trace != null) {
      line.append("\",\"error\":\"");
      appendEscaped(line, trace, true);
    }
    line.append("\"}");
  }
}
