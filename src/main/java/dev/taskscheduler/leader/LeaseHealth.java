package dev.taskscheduler.leader;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.taskscheduler.lease.LeaseException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.TreeMap;

/// The health of the lease's Redis: logs each change once, and what stands to whoever asks. Safe
/// for use by several threads.
final class LeaseHealth {
  private static final System.Logger LOG = System.getLogger(LeaseHealth.class.getName());
  private static final String OBSERVE = "observe";

  @GuardedBy("this")
  private final TreeMap<String, String> unfit = new TreeMap<>();

  /// What was logged and still holds as far as is known, and the operation that found it out:
  /// several find out the same. An observation that is answered says nothing of the others, which
  /// write.
  @GuardedBy("this")
  private final TreeMap<String, String> reported = new TreeMap<>();

  @GuardedBy("this")
  private final TreeMap<String, String> away = new TreeMap<>();

  /// A call was answered: Redis is there, and fit for this operation.
  synchronized void answered(String operation) {
    back(operation);
    unfit.remove(operation);
    if (reported.values().removeIf(by -> by.equals(operation) || !operation.equals(OBSERVE))) {
      LOG.log(Level.INFO, () -> "lease fit again operation=" + operation);
    }
  }

  /// An operation is not needed now, so what kept it from working is no problem.
  synchronized void clear(String operation) {
    back(operation);
    unfit.remove(operation);
  }

  /// Another leads: that this node might not is no problem, and would be news the next time.
  synchronized void anotherLeads() {
    clear("acquire");
    reported.clear();
  }

  @GuardedBy("this")
  private void back(String operation) {
    // By operation: Redis may answer to an observation and take no writes, which is one
    // problem and not many.
    if (away.remove(operation) != null && away.isEmpty()) {
      LOG.log(Level.INFO, "lease answers again");
    }
  }

  /// A call failed.
  synchronized void failed(String operation, LeaseException e) {
    String message = String.valueOf(e.getMessage());
    switch (e) {
      case LeaseException.Unavailable unavailable -> {
        if (away.isEmpty()) {
          LOG.log(Level.WARNING, () -> "lease away operation=" + operation + " why=" + message);
        }
        away.put(operation, message);
      }
      case LeaseException.Unfit unfitNow -> {
        unfit.put(operation, message);
        if (reported.putIfAbsent(message, operation) == null) {
          LOG.log(Level.ERROR, () -> "lease unfit operation=" + operation + " why=" + message);
        }
      }
    }
  }

  /// Whether an operation that is needed had no answer last time.
  synchronized boolean isAway() {
    return !away.isEmpty();
  }

  /// What a person should know; empty when all is well.
  synchronized Optional<String> problem() {
    TreeMap<String, String> worst = unfit.isEmpty() ? away : unfit;
    return worst.isEmpty() ? Optional.empty() : Optional.of(worst.firstEntry().getValue());
  }
}
