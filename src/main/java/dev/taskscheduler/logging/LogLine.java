package dev.taskscheduler.logging;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/// Formats the parts that both forms of a log line share. Written by hand, since `String.format`
/// and its pattern cost ten times as much as all of this.
abstract class LogLine extends Formatter {
  private static final int TYPICAL_LENGTH = 200;
  private static final int LONGEST_MESSAGE = 8 << 10;
  private static final int LONGEST_TRACE = 32 << 10; // the cause is at the end

  /// Appends one record, without the line end.
  abstract void append(StringBuilder line, LogRecord record);

  @Override
  public final String format(LogRecord record) {
    var line = new StringBuilder(TYPICAL_LENGTH);
    append(line, record);
    return line.append('\n').toString();
  }

  /// The message with its parameters, if it has any, cut where it is too long.
  final String message(LogRecord record) {
    boolean fills = LogFields.fills(record.getParameters());
    return cut(
        String.valueOf(fills ? formatMessage(record) : record.getMessage()), LONGEST_MESSAGE);
  }

  /// Cuts a long text and says how much is left out: a message may hold anything that a client sent
  /// or that is in Redis.
  private static String cut(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
    return text.substring(0, end) + "... (cut, " + (text.length() - end) + " characters more)";
  }

  /// RFC 3339 in UTC with milliseconds, always of the same length.
  static void appendTime(StringBuilder line, Instant at) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(at.getEpochSecond(), 0, ZoneOffset.UTC);
    padded(line, time.getYear(), 1_000).append('-');
    padded(line, time.getMonthValue(), 10).append('-');
    padded(line, time.getDayOfMonth(), 10).append('T');
    padded(line, time.getHour(), 10).append(':');
    padded(line, time.getMinute(), 10).append(':');
    padded(line, time.getSecond(), 10).append('.');
    padded(line, at.getNano() / 1_000_000, 100).append('Z');
  }

  private static StringBuilder padded(StringBuilder line, int number, int highest) {
    for (int digit = highest; digit > 1 && number < digit; digit /= 10) {
      line.append('0');
    }
    return line.append(number);
  }

  /// The level by the name that `System.Logger` gives it.
  static String level(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    if (value >= Level.WARNING.intValue()) {
      return "WARNING";
    }
    if (value >= Level.CONFIG.intValue()) {
      return "INFO";
    }
    return value >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
  }

  /// The stack trace, cut where it is too long, or null where nothing was thrown.
  static @Nullable String trace(LogRecord record) {
    if (record.getThrown() == null) {
      return null;
    }
    var trace = new StringWriter();
    record.getThrown().printStackTrace(new PrintWriter(trace));
    return cut(trace.toString().strip(), LONGEST_TRACE);
  }

  /// Appends text so that it neither ends the line nor forges another, nor steers a terminal.
  static void appendEscaped(StringBuilder line, String text, boolean quoted) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        case '"', '\\' -> (quoted ? line.append('\\') : line).append(c);
        default -> {
          if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029) {
            String hex = Integer.toHexString(c);
            line.append("\\u").append("0".repeat(4 - hex.length())).append(hex);
          } else {
            line.append(c);
          }
        }
      }
    }
  }
}
