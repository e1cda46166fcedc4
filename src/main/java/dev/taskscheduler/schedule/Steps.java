package dev.taskscheduler.schedule;

/// Counts the steps of searches for planned instants: each is a look at one expression, and takes
/// about a microsecond. Exclusions may leave out thousands of instants one by one, so whoever
/// searches for many ends once too many steps were taken. For one thread.
public final class Steps {
  /// As many may be taken for one answer.
  public static final int MOST = 400_000;

  private int taken;

  void take(int more) {
    taken += more;
  }

  /// How many were taken.
  public int taken() {
    return taken;
  }

  /// Whether no more are to be taken for one answer.
  public boolean areTooMany() {
    return taken > MOST;
  }
}
