package dev.taskscheduler.testing;

import java.util.ArrayList;
import java.util.List;

/// Where a process of a test runs.
///
/// @param address that it listens on
/// @param enter stands before its command, so that it runs there
public record NetworkHost(String address, List<String> enter) {
  /// This machine's own loopback.
  public static final NetworkHost HERE = new NetworkHost("127.0.0.1", List.of());

  /// A network namespace; its processes are begun by root only.
  public static NetworkHost namespace(String name, String address) {
    return new NetworkHost(address, List.of("ip", "netns", "exec", name));
  }

  /// The command as it is begun.
  public List<String> in(List<String> command) {
    List<String> whole = new ArrayList<>(enter);
    whole.addAll(command);
    return whole;
  }
}
