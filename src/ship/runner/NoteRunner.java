import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;

/// A user's own runner, as small as can be: type `note`.
public final class NoteRunner implements TaskRunner {
  @Override
  public String type() {
    return "note";
  }

  @Override
  public TaskResult run(TaskRun task) {
    System.out.println("note of " + task.id());
    return TaskResult.NONE;
  }
}
