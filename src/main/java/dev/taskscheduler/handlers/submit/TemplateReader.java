package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.auth.Caller;
import dev.taskscheduler.handlers.wire.FieldError;
import dev.taskscheduler.handlers.wire.FieldErrors;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskService;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Reads the task of a schedule: the body of a submission, without what each fire would have to
/// decide anew.
public final class TemplateReader {
  private static final Map<TaskOption<?>, String> REFUSED =
      Map.of(
          TaskOption.DELAY, "is not for schedules: the schedule says when; use jitter",
          TaskOption.RUN_AT, "is not for schedules: the schedule says when",
          TaskOption.EXPIRES_AT, "is not for schedules: it would be the same time for each fire",
          TaskOption.UNIQUE_KEY,
              "is not for schedules: it would be the same key for each fire; use overlap");

  private final TaskService tasks;
  private final SubmitParser parser;
  private final UnaryOperator<NewTask> fire;

  /// @param fire makes the task of a fire, whose payload is checked
  public TemplateReader(TaskService tasks, int maxBodyBytes, UnaryOperator<NewTask> fire) {
    this.tasks = tasks;
    this.fire = fire;
    this.parser = new SubmitParser(maxBodyBytes, InstantSource.system());
  }

  /// Reads a task.
  ///
  /// @param json a JSON object, in UTF-8
  /// @param pointer where it stands in the body
  /// @return empty if it has errors, which are noted
  public Optional<NewTask> read(byte[] json, String pointer, FieldErrors errors) {
    return switch (parser.parse(json, true)) {
      case SubmitRequest.Valid(NewTask task) ->
          check(task, pointer, errors) ? Optional.of(task) : Optional.empty();
      case SubmitRequest.Invalid(List<FieldError> faults, NewTask rest) -> {
        var fired = new SubmitRequest.Invalid(faults, fire.apply(rest));
        SubmitProblems.errors(fired, tasks)
            .forEach(fault -> errors.add(pointer + fault.pointer(), fault.detail()));
        yield Optional.empty();
      }
      case SubmitRequest.Malformed(String detail) -> {
        errors.add(pointer, detail);
        yield Optional.empty();
      }
    };
  }

  /// Whether a task may be that of a schedule.
  private boolean check(NewTask task, String pointer, FieldErrors errors) {
    REFUSED.forEach((option, why) -> {
      if (task.options().has(option)) {
        errors.add(pointer + option.pointer(), why);
      }
    });
    SubmitOptions terms = task.terms();
    if (terms.uniqueWindow().isPresent()) {
      String why = REFUSED.getOrDefault(TaskOption.UNIQUE_KEY, "");
      errors.add(pointer + TaskOption.UNIQUE_KEY.pointer(), why);
    } else if (terms != SubmitOptions.NONE) {
      errors.add(pointer + TaskOption.DURABILITY.pointer(), "is not for schedules; leave it out");
    }
    if (!Caller.current().allows(task.type())) {
      errors.add(pointer + "/type", SubmitProblems.typeNotAllowedError().detail());
    }
    tasks
        .refused(fire.apply(task))
        .ifPresent(refused ->
            SubmitProblems.errors(refused, tasks.types())
                .forEach(fault -> errors.add(pointer + fault.pointer(), fault.detail())));
    return errors.none();
  }
}
