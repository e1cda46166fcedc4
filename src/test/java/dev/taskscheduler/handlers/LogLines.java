package dev.taskscheduler.handlers;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What this room logs while it is open.
final class LogLines extends Handler {
  private static final Logger ROOM = Logger.getLogger("dev.taskscheduler.handlers");

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Level before = ROOM.getLevel();

  LogLines() {
    ROOM.setLevel(Level.ALL);
    ROOM.addHandler(this);
  }

  /// Those at a level that contain some words.
  List<String> at(Level level, String words) {
    return lines.stream()
        .filter(line -> line.startsWith(level + " ") && line.contains(words))
        .toList();
  }

  String all() {
    return String.join("\n", lines);
  }

  @Override
  public void publish(LogRecord record) {
    lines.add(record.getLevel() + " " + record.getMessage());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    ROOM.removeHandler(this);
    ROOM.setLevel(before);
  }
}
