package dev.taskscheduler.spi;

import java.util.List;

/// Runs tasks of one type. [java.util.ServiceLoader] finds it: put a jar with the file
/// `META-INF/services/dev.taskscheduler.spi.TaskRunner` on the class path of every node.
///
/// One instance runs all tasks of its type, thousands at once, each on a thread of its own: a
/// virtual thread, or a platform thread where the runner [computes][#computes].
public interface TaskRunner {
  /// The type that submissions name; 1 to 64 characters of `a-z A-Z 0-9 . _ -`.
  String type();

  /// Lists what is wrong with a payload, before a task with it is accepted. Any node calls it, from
  /// many threads at once. Tasks that were accepted earlier are not checked again, so [#run] must
  /// check too. Only the first [PayloadError#MAX_SHOWN] are shown: stop there.
  default List<PayloadError> payloadErrors(byte[] payload) {
    return List.of();
  }

  /// Says whether a task keeps a CPU busy for long; such tasks get platform threads. Virtual
  /// threads share a few carriers with the rest of the node, and a task that computes does not let
  /// go of its carrier. The answer must not change.
  default boolean computes() {
    return false;
  }

  /// Runs one attempt. Returning completes the task; throwing fails the attempt.
  ///
  /// A task may run more than once: after a crash, or when a leader is succeeded. The thread is
  /// interrupted when leadership or the time for an attempt is over: let [InterruptedException]
  /// pass, or end soon.
  ///
  /// @return what to store with the task; [TaskResult#NONE] for nothing
  /// @throws Exception whose message is stored as the attempt's error; [TaskFailure] says more
  TaskResult run(TaskRun task) throws Exception;
}
