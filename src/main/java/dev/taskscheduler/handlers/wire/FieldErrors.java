package dev.taskscheduler.handlers.wire;

import dev.taskscheduler.spi.PayloadError;
import java.util.ArrayList;
import java.util.List;

/// The errors of a request body, collected while it is read; up to a limit.
public final class FieldErrors {
  public static final int MOST = PayloadError.MAX_SHOWN;

  /// The error of an optional field: to take it for one that was left out could hide a mistake.
  public static final String NULL = "must not be null; leave the field out";

  private static final int SHOWN = 100;

  private final List<FieldError> faults = new ArrayList<>(0);

  public void add(String pointer, String detail) {
    if (faults.size() < MOST) {
      faults.add(new FieldError(shown(pointer), detail));
    }
  }

  public boolean none() {
    return faults.isEmpty();
  }

  public List<FieldError> all() {
    return faults;
  }

  /// The JSON pointer of a field of the body.
  public static String pointer(String name) {
    return "/" + name.replace("~", "~0").replace("/", "~1");
  }

  private static String shown(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
