package dev.taskscheduler.handlers;

import dev.taskscheduler.task.PayloadFault;
import java.util.ArrayList;
import java.util.List;

/// What is wrong with a body, gathered while it is read; up to a limit.
final class Faults {
  static final int MOST = PayloadFault.MOST;
  private static final int SHOWN = 100;

  private final List<Fault> faults = new ArrayList<>(0);

  void add(String pointer, String detail) {
    if (faults.size() < MOST) {
      faults.add(new Fault(shown(pointer), detail));
    }
  }

  boolean none() {
    return faults.isEmpty();
  }

  List<Fault> all() {
    return faults;
  }

  /// The JSON pointer of a field of the body.
  static String pointer(String name) {
    return "/" + name.replace("~", "~0").replace("/", "~1");
  }

  private static String shown(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
