package dev.taskscheduler.runner.http;

import dev.taskscheduler.runner.TaskFailure;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/// Decides which addresses a task may be sent to. It judges the very addresses that are then
/// connected to, so that neither a name that answers differently the second time nor an odd way to
/// write an address gets around it.
final class TargetGuard {
  private static final String UNLISTED = "HTTP_ALLOWED_HOSTS does not name it";

  private final HostAllowlist allowed;
  private final HostAllowlist privates;

  /// @param allowed who may be asked; none for everybody
  /// @param privates whose addresses may be private; they are allowed, too
  TargetGuard(HostAllowlist allowed, HostAllowlist privates) {
    this.allowed = allowed;
    this.privates = privates;
  }

  /// Refuses a name that no address can make allowed, so that it is not even looked up: the look-up
  /// alone would tell the name's own server that somebody asks.
  ///
  /// @param host in lower case
  /// @throws TaskFailure lasting, if it must not be looked up
  void admitName(String host) throws TaskFailure {
    boolean byAddress = !allowed.networks().isEmpty() || !privates.networks().isEmpty();
    if (!allowed.isEmpty() && !byAddress && !allowed.names(host) && !privates.names(host)) {
      throw refused(host, UNLISTED);
    }
  }

  private static TaskFailure refused(String host, String why) {
    return TaskFailure.lasting("the target " + host + " is refused: " + why);
  }

  /// Those of `candidates` that may be connected to, in their order.
  ///
  /// @param host the name that led to them, or their literal, in lower case
  /// @throws TaskFailure lasting, if there is none
  List<InetAddress> admit(String host, List<InetAddress> candidates) throws TaskFailure {
    List<InetAddress> admitted = new ArrayList<>();
    String refusal = "it has no address";
    for (InetAddress candidate : candidates) {
      if (!listed(host, candidate)) {
        refusal = UNLISTED;
      } else if (!reachable(host, candidate)) {
        refusal = unreachable(AddressKind.of(candidate));
      } else {
        admitted.add(candidate);
      }
    }
    if (admitted.isEmpty()) {
      throw refused(host, refusal);
    }
    return admitted;
  }

  private static String unreachable(AddressKind kind) {
    return "its address is "
        + kind.said()
        + switch (kind) {
          case PUBLIC, PRIVATE -> ", and HTTP_ALLOW_PRIVATE names neither it nor the host";
          case METADATA -> ", and HTTP_ALLOW_PRIVATE does not name it";
          case RESERVED -> ", which is never asked";
        };
  }

  private boolean listed(String host, InetAddress address) {
    return allowed.isEmpty()
        || allowed.names(host)
        || allowed.holds(address)
        || privates.names(host)
        || privates.holds(address);
  }

  /// A name opens private addresses alone: whoever answers for it must not lead us to where
  /// credentials lie. Those have to be named themselves.
  private boolean reachable(String host, InetAddress address) {
    return switch (AddressKind.of(address)) {
      case PUBLIC -> true;
      case PRIVATE -> privates.names(host) || privates.holds(address);
      case METADATA -> privates.holds(address);
      case RESERVED -> false;
    };
  }
}
