package dev.taskscheduler.conf;

import java.util.List;
import java.util.stream.Collectors;

/// The configuration has errors: the node must not start. The message lists each error on a line.
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Fault> faults;

  ConfigException(List<Fault> faults) {
    super(
        "The configuration has %s%s"
            .formatted(
                faults.size() == 1 ? "a fault:" : faults.size() + " faults:",
                faults.stream().map(fault -> "\n  " + fault).collect(Collectors.joining())));
    this.faults = List.copyOf(faults);
  }

  /// All errors, at least one.
  public List<Fault> faults() {
    return faults;
  }

  /// One value that cannot be used.
  ///
  /// @param name of the environment variable or of the key in `application.yaml`
  /// @param found the value, without passwords
  /// @param allowed the accepted values
  public record Fault(String name, String found, String allowed) {
    @Override
    public String toString() {
      return name + " is '" + found + "'; allowed: " + allowed;
    }
  }
}
