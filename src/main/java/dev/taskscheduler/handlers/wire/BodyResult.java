package dev.taskscheduler.handlers.wire;

import java.util.List;

/// The result of reading a body.
public sealed interface BodyResult<T> {
  /// All is well.
  record Valid<T>(T value) implements BodyResult<T> {}

  /// JSON with invalid fields.
  record Invalid<T>(List<FieldError> faults) implements BodyResult<T> {}

  /// No JSON object.
  record Malformed<T>(String detail) implements BodyResult<T> {}
}
