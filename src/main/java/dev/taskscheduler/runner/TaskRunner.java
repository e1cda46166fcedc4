package dev.taskscheduler.runner;

import dev.taskscheduler.task.PayloadError;
import java.util.List;

/// Runs tasks of one type. A port, found by [java.util.ServiceLoader]: put a jar with a
/// `META-INF/services/dev.taskscheduler.runner.TaskRunner` on the class path of every node.
///
/// One instance serves all tasks of its type, thousands at once, each on a virtual thread of its
/// own.
public interface TaskRunner {
  /// The type that submissions name; 1 to 64 characters of `a-z A-Z 0-9 . _ -`.
  String type();

  /// All that is wrong with a payload, to be told before a task is accepted. Asked by any node,
  /// many times at once, and not for tasks that are kept already: [#run] has to look too. Only the
  /// first [PayloadError#MOST] are shown: stop looking there.
  default List<PayloadError> faults(byte[] payload) {
    return List.of();
  }

  /// Runs one attempt. Returning ends the task well; throwing ends the attempt badly.
  ///
  /// A task may run more than once: after a crash, or when a leader is succeeded. The thread is
  /// interrupted when leadership or the time for an attempt is over: let [InterruptedException]
  /// pass, or end soon.
  ///
  /// A runner that computes for long should do so on threads of its own and wait for them here:
  /// virtual threads share a few carriers with the rest of the node.
  ///
  /// @return what to keep with the task; [TaskResult#NONE] for nothing
  /// @throws Exception whose message is kept as the attempt's error; [TaskFailure] says more
  TaskResult run(TaskRun task) throws Exception;
}
