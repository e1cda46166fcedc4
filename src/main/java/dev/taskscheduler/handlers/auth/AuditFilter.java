package dev.taskscheduler.handlers.auth;

import dev.taskscheduler.audit.AuditEntry;
import dev.taskscheduler.audit.AuditTrail;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/// Binds where [CommandLog] keeps what a request changes, and from which address it came.
public final class AuditFilter implements Filter {
  private final AuditTrail trail;
  private final String node;

  /// @param node the name of this node
  public AuditFilter(AuditTrail trail, String node) {
    this.trail = trail;
    this.node = node;
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest req, RoutingResponse res) {
    ScopedValue.where(
            CommandLog.AUDIT,
            (action, subject) ->
                trail.record(
                    new AuditEntry(
                        Caller.current().name(),
                        host(req.remotePeer().address()),
                        node,
                        action,
                        subject)))
        .run(chain::proceed);
  }

  private static String host(SocketAddress address) {
    return address instanceof InetSocketAddress internet
        ? internet.getAddress().getHostAddress()
        : address.toString();
  }
}
