package dev.taskscheduler.handlers.files;

/// The reason why a file cannot be used.
///
/// @param where its path, with a line where one is to blame; nothing of what stands there, which
///   may be a secret
/// @param allowed what would be accepted
public record FileError(String where, String allowed) {
  @Override
  public String toString() {
    return where + ": allowed is " + allowed;
  }
}
