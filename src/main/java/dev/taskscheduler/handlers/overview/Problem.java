package dev.taskscheduler.handlers.overview;

/// Something that a person should know of.
///
/// @param code for programs
/// @param text what is wrong and what to do, in a sentence
record Problem(Level level, String code, String text) {
  /// How serious it is.
  enum Level {
    /// Tasks do not run, or may be lost.
    ERROR,
    /// It can wait until somebody has time.
    WARNING
  }
}
