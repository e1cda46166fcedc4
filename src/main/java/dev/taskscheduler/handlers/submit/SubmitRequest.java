package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.wire.FieldError;
import dev.taskscheduler.task.NewTask;
import java.util.List;

/// The body of `POST /submit`, as it was read.
sealed interface SubmitRequest {
  /// Well formed and complete.
  record Valid(NewTask task) implements SubmitRequest {}

  /// JSON, but not what is asked for.
  ///
  /// @param faults all of them, up to a limit; at least one
  record Invalid(List<FieldError> faults) implements SubmitRequest {
    public Invalid {
      faults = List.copyOf(faults);
    }
  }

  /// Not JSON, or beyond what is read.
  ///
  /// @param detail what is wrong, and where
  record Malformed(String detail) implements SubmitRequest {}
}
