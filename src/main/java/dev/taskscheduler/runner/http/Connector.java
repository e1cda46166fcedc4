package dev.taskscheduler.runner.http;

import dev.taskscheduler.runner.TaskFailure;
import dev.taskscheduler.runner.http.OutboundRequest.Origin;
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

/// Makes connections: looks the name up once, has the guard judge each address, and connects to
/// those very addresses. No proxy, whatever the JVM is told: it would be the one that connects.
final class Connector {
  private static final int MOST_ADDRESSES = 4; // that are tried of a name

  private final Duration timeout;
  private final TargetGuard guard;
  private final NameLookup lookup;
  private final Supplier<SSLSocketFactory> tls;
  private final ResponseMemoryLimit room;

  /// @param timeout for all of it
  /// @param tls asked at the first connection that needs it, and at each
  /// @param room for the heads of answers
  Connector(
      Duration timeout,
      TargetGuard guard,
      NameLookup lookup,
      Supplier<SSLSocketFactory> tls,
      ResponseMemoryLimit room) {
    this.timeout = timeout;
    this.guard = guard;
    this.lookup = lookup;
    this.tls = tls;
    this.room = room;
  }

  /// Connects.
  ///
  /// @throws IOException if it cannot be reached, or its certificate is not its own
  /// @throws TaskFailure lasting, if it must not be
  Connection open(Origin origin, Exchange exchange)
      throws IOException, TaskFailure, InterruptedException {
    long since = System.nanoTime();
    guard.admitName(origin.host());
    List<InetAddress> admitted =
        guard.admit(origin.host(), addresses(origin.host(), exchange, since));
    Socket base = connect(admitted, origin.port(), exchange, since);
    try {
      base.setTcpNoDelay(true);
      HeadLimit head = new HeadLimit(room);
      DefaultBHttpClientConnection http = Connection.unbound(head);
      if (origin.secure()) {
        http.bind(secured(base, origin, exchange, since), base);
      } else {
        http.bind(base);
      }
      return new Connection(origin, base, http, head, since);
    } catch (IOException | RuntimeException e) {
      Connection.drop(base);
      throw e;
    }
  }

  private List<InetAddress> addresses(String host, Exchange exchange, long since)
      throws IOException, InterruptedException {
    try {
      if (CidrRange.meant(host)) { // an address needs no thread
        return List.of(InetAddress.ofLiteral(host));
      }
      return lookup.addresses(host, exchange.millisLeft(since, timeout));
    } catch (TimeoutException e) {
      SocketTimeoutException late =
          new SocketTimeoutException("its name was not looked up in time");
      late.initCause(e);
      throw late;
    } catch (ExecutionException | IllegalArgumentException e) {
      UnknownHostException unknown = new UnknownHostException("its name is not known");
      unknown.initCause(e);
      throw unknown;
    }
  }

  /// Connects to the first address that takes the connection; each gets its share of the time.
  private Socket connect(List<InetAddress> addresses, int port, Exchange exchange, long since)
      throws IOException {
    IOException last = new UnknownHostException("it has no address");
    int left = Math.min(addresses.size(), MOST_ADDRESSES);
    for (InetAddress address : addresses.subList(0, left)) {
      exchange.check();
      Socket socket = new Socket(Proxy.NO_PROXY);
      try {
        exchange.uses(socket);
        socket.connect(
            new InetSocketAddress(address, port),
            Math.max(1, exchange.millisLeft(since, timeout) / left));
        return socket;
      } catch (IOException e) {
        Connection.drop(socket);
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        last = e;
        left--;
      }
    }
    throw last;
  }

  /// TLS under the name that was asked for, which the certificate must bear, not under the address.
  private SSLSocket secured(Socket base, Origin origin, Exchange exchange, long since)
      throws IOException {
    SSLSocket socket = (SSLSocket) tls.get().createSocket(base, origin.host(), origin.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(exchange.millisLeft(since, timeout));
    socket.startHandshake();
    socket.setSoTimeout(0);
    return socket;
  }
}
