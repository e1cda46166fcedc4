package dev.taskscheduler.runner.http;

import dev.taskscheduler.spi.TaskFailure;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Decides which addresses a task may be sent to. It checks the very addresses that are then
/// connected to. So neither a name that resolves differently the second time nor an unusual
/// notation of an address gets around it.
final class TargetGuard {
  private static final String UNLISTED = "HTTP_ALLOWED_HOSTS does not name it";

  /// The name that is this machine whatever a name server says (RFC 6761).
  private static final String LOCAL = "localhost";

  private static final List<InetAddress> LOOPBACK =
      List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

  private final HostAllowlist allowed;
  private final HostAllowlist privateHosts;

  /// @param allowed the hosts that may be called; empty: all
  /// @param privateHosts the hosts whose addresses may be private; they are allowed too
  TargetGuard(HostAllowlist allowed, HostAllowlist privateHosts) {
    this.allowed = allowed;
    this.privateHosts = privateHosts;
  }

  /// Refuses a name that is not allowed whatever its addresses are. Such a name is not looked up,
  /// since a lookup alone tells the name's own server that somebody asks.
  ///
  /// @param host in lower case
  /// @throws TaskFailure permanent, if it must not be looked up
  void admitName(String host) throws TaskFailure {
    boolean byAddress = !allowed.networks().isEmpty() || !privateHosts.networks().isEmpty();
    if (!allowed.isEmpty() && !byAddress && !allowed.names(host) && !privateHosts.names(host)) {
      throw refused(host, UNLISTED);
    }
  }

  /// Tells why a target would be refused whenever it is asked, as far as that shows without a
  /// lookup of its name.
  ///
  /// @param host the name or the literal, in lower case
  /// @return empty if it is allowed, or if its addresses decide
  Optional<String> refusal(String host) {
    try {
      admitName(host);
      if (host.equals(LOCAL)) {
        admit(host, LOOPBACK);
      } else if (CidrRange.looksLikeAddress(host)) {
        admit(host, List.of(InetAddress.ofLiteral(host)));
      }
      return Optional.empty();
    } catch (TaskFailure refused) {
      return Optional.ofNullable(refused.getMessage());
    }
  }

  private static TaskFailure refused(String host, String reason) {
    return TaskFailure.permanent("the target " + host + " is refused: " + reason);
  }

  /// Selects the addresses that may be connected to, in their order.
  ///
  /// @param host the name that has these addresses, or the literal, in lower case
  /// @throws TaskFailure permanent, if there is none
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
        + kind.description()
        + switch (kind) {
          case PUBLIC, PRIVATE -> ", and HTTP_ALLOW_PRIVATE names neither it nor the host";
          case METADATA -> ", and HTTP_ALLOW_PRIVATE does not name it";
          case RESERVED -> ", which is never allowed";
        };
  }

  private boolean listed(String host, InetAddress address) {
    return allowed.isEmpty()
        || allowed.names(host)
        || allowed.contains(address)
        || privateHosts.names(host)
        || privateHosts.contains(address);
  }

  /// A listed name opens private addresses only, since the owner of the name must not lead us to an
  /// address that gives out credentials. Such an address must be listed itself.
  private boolean reachable(String host, InetAddress address) {
    return switch (AddressKind.of(address)) {
      case PUBLIC -> true;
      case PRIVATE -> privateHosts.names(host) || privateHosts.contains(address);
      case METADATA -> privateHosts.contains(address);
      case RESERVED -> false;
    };
  }
}
