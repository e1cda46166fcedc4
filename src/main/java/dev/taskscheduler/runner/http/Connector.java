package dev.taskscheduler.runner.http;

import dev.taskscheduler.runner.http.OutboundRequest.Origin;
import dev.taskscheduler.spi.TaskFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;

/// Opens connections: looks the name up once, has the guard check each address, and connects to
/// these very addresses. Never uses a proxy, since a proxy would look the name up itself.
final class Connector {
  private static final int MAX_ADDRESSES = 4; // tried for one name

  private final Duration timeout;
  private final TargetGuard guard;
  private final NameLookup lookup;
  private final Supplier<SSLSocketFactory> tls;
  private final ResponseMemoryLimit memory;

  /// @param timeout for the lookup, the connection and TLS together
  /// @param tls called for each connection that needs it
  /// @param memory for the heads of responses
  Connector(
      Duration timeout,
      TargetGuard guard,
      NameLookup lookup,
      Supplier<SSLSocketFactory> tls,
      ResponseMemoryLimit memory) {
    this.timeout = timeout;
    this.guard = guard;
    this.lookup = lookup;
    this.tls = tls;
    this.memory = memory;
  }

  /// Connects.
  ///
  /// @throws IOException if the target cannot be reached, or its certificate is not valid for it
  /// @throws TaskFailure permanent, if the target is refused
  Connection open(Origin origin, Exchange exchange)
      throws IOException, TaskFailure, InterruptedException {
    long startNanos = System.nanoTime();
    guard.admitName(origin.host());
    List<InetAddress> admitted =
        guard.admit(origin.host(), addresses(origin.host(), exchange, startNanos));
    Socket base = connect(admitted, origin.port(), exchange, startNanos);
    try {
      base.setTcpNoDelay(true);
      HeadLimit head = new HeadLimit(memory);
      DefaultBHttpClientConnection http = Connection.unbound(head);
      if (origin.secure()) {
        http.bind(secured(base, origin, exchange, startNanos), base);
      } else {
        http.bind(base);
      }
      return new Connection(origin, base, http, head, startNanos);
    } catch (IOException | RuntimeException e) {
      Connection.drop(base);
      throw e;
    }
  }

  private List<InetAddress> addresses(String host, Exchange exchange, long startNanos)
      throws IOException, InterruptedException {
    try {
      if (CidrRange.looksLikeAddress(host)) { // needs no lookup thread
        return List.of(InetAddress.ofLiteral(host));
      }
      return lookup.addresses(host, exchange.remainingMillis(startNanos, timeout));
    } catch (TimeoutException e) {
      throw (IOException)
          new SocketTimeoutException("the lookup of its name took too long").initCause(e);
    } catch (ExecutionException | IllegalArgumentException e) {
      throw (IOException) new UnknownHostException("its name is unknown").initCause(e);
    }
  }

  /// Connects to the first address that accepts. Each address gets an equal share of the time.
  private Socket connect(List<InetAddress> addresses, int port, Exchange exchange, long startNanos)
      throws IOException {
    IOException last = new UnknownHostException("it has no address");
    int untried = Math.min(addresses.size(), MAX_ADDRESSES);
    for (InetAddress address : addresses.subList(0, untried)) {
      Socket socket = new Socket(Proxy.NO_PROXY);
      try {
        exchange.uses(socket);
        socket.connect(
            new InetSocketAddress(address, port),
            Math.max(1, exchange.remainingMillis(startNanos, timeout) / untried));
        return socket;
      } catch (IOException e) {
        Connection.drop(socket);
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        last = e;
        untried--;
      }
    }
    throw last;
  }

  /// Starts TLS. The certificate must be valid for the host of the URL, not for the address.
  private SSLSocket secured(Socket base, Origin origin, Exchange exchange, long startNanos)
      throws IOException {
    SSLSocket socket = (SSLSocket) tls.get().createSocket(base, origin.host(), origin.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(exchange.remainingMillis(startNanos, timeout));
    socket.startHandshake();
    socket.setSoTimeout(0);
    return socket;
  }
}
