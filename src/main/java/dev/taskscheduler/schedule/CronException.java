package dev.taskscheduler.schedule;

/// A fault in the text of a cron expression. The message says what is wrong and what is allowed.
public final class CronException extends IllegalArgumentException {
  private final int position;

  CronException(String message, int position) {
    super(message);
    this.position = position;
  }

  /// Where the fault begins in the text; 0 is its first character.
  public int position() {
    return position;
  }
}
