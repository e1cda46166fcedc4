package dev.taskscheduler.logging;

import java.util.logging.LogRecord;

/// Formats a log record as one line, for people: time, level, logger, message, and what was thrown,
/// its stack trace on the same line with ` | ` between the frames.
public final class TextLog extends LogLine {
  private static final String BASE = "dev.taskscheduler.";

  @Override
  void append(StringBuilder line, LogRecord record) {
    appendTime(line, record.getInstant());
    String level = level(record.getLevel());
    line.append(' ').append(level).append("       ", 0, 8 - level.length());
    String logger = String.valueOf(record.getLoggerName());
    appendEscaped(line, logger.startsWith(BASE) ? logger.substring(BASE.length()) : logger, false);
    line.append(": ");
    appendEscaped(line, message(record), false);
    String trace = trace(record);
    if (trace != null) {
      line.append(" | ");
      appendEscaped(line, trace.replaceAll("\\R\\t?", " | "), false);
    }
  }
}
