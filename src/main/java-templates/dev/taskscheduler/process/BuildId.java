package dev.taskscheduler.process;

/// Which build this code is of, compiled in: a cache of compiled code that does not match the jar shows by it.
final class BuildId {
  private BuildId() {}

  static String ofCode() {
    return "${build.id}";
  }
}
