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
  /// @param faults all that its reader found, up to a limit; at least one
  /// @param rest its type, payload and callback, for what their runners say of them; a part that is
  ///   missing or faulty is as by default, or null
  record Invalid(List<FieldError> faults, NewTask rest) implements SubmitRequest {
    public Invalid {
      faults = List.copyOf(faults);
    }

    /// Whether there is a fault of the field of the body that the pointer leads into.
    boolean faulty(String pointer) {
      return faults.stream().anyMatch(fault -> field(fault.pointer()).equals(field(pointer)));
    }

    private static String field(String pointer) {
      int end = pointer.indexOf('/', 1);
      return end < 0 ? pointer : pointer.substring(0, end);
    }
  }

  /// Not JSON, or beyond what is read.
  ///
  /// @param detail what is wrong, and where
  record Malformed(String detail) implements SubmitRequest {}
}
