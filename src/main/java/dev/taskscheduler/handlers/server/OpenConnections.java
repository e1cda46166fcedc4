package dev.taskscheduler.handlers.server;

import dev.taskscheduler.net.Network;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The connections of clients: at most so many at once, in all and from one address, and closed in
/// order when the server stops.
///
/// Near the most, the connection that has waited longest for a request is closed for a new one. A
/// connection beyond those of its address is closed at once, unless another one of it is quiet.
/// Once the server drains, each answer says `Connection: close` (the filter does that). Helidon
/// closes the listener first and then every connection that waits; here a connection of which a
/// request may still be under way stays until its answer said so or it has been quiet for [#QUIET].
public final class OpenConnections implements ServerConnectionSelector, AutoCloseable {
  /// Far more than a request takes from a client to here.
  public static final Duration QUIET = Duration.ofSeconds(1);

  /// Of the most, the part that is closed at once for new ones.
  private static final int PART = 8;

  private static final Duration SWEEP = Duration.ofMillis(50);

  private final ServerConnectionSelector protocol;
  private final int most;
  private final int perAddress;
  private final Map<Network, Integer> connectionsOf = new ConcurrentHashMap<>();
  private final Set<Tracked> open = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;
  private volatile boolean closing;
  private final Thread sweeper;

  /// @param protocol that is spoken on all of them
  public OpenConnections(ServerConnectionSelector protocol, ConnectionLimits limits) {
    this.protocol = protocol;
    this.most = limits.most();
    this.perAddress = limits.perAddress();
    sweeper = Thread.ofVirtual().name("quiet-connections").unstarted(this::sweep);
  }

  public void start() {
    sweeper.start();
  }

  /// From now on each answer is the last on its connection.
  public void drain() {
    draining = true;
  }

  boolean draining() {
    return draining;
  }

  /// The listener is about to be closed: what is quiet is closed from now on.
  public void closeQuiet() {
    closing = true;
    wake();
  }

  private synchronized void wake() {
    notifyAll();
  }

  private synchronized void awaitWork() throws InterruptedException {
    while (!closing && open.size() < most) {
      wait();
    }
  }

  /// @param time for which it was quiet when it was looked at
  private record Quiet(Tracked connection, Duration time) {}

  private void sweep() {
    try {
      while (true) {
        awaitWork();
        Thread.sleep(SWEEP);
        open.stream()
            .filter(each -> closing ? each.quiet() : each.givesWay())
            .map(quiet -> new Quiet(quiet, quiet.idleTime()))
            .sorted(Comparator.comparing(Quiet::time).reversed())
            .limit(closing ? Integer.MAX_VALUE : Math.max(1, most / PART))
            .forEach(quiet -> quiet.connection.giveWay());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  @Override
  public void close() {
    sweeper.interrupt();
  }

  @Override
  public int bytesToIdentifyConnection() {
    return protocol.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return protocol.supports(data);
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return protocol.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    Network network = Network.of(((InetSocketAddress) context.remotePeer().address()).getAddress());
    if (connectionsOf.merge(network, 1, Integer::sum) > perAddress && !closeQuiet(network)) {
      leave(network);
      throw new CloseConnectionException("too many connections from one address");
    }
    Tracked connection = new Tracked(protocol.connection(context), network);
    open.add(connection);
    if (open.size() >= most) { // Helidon takes the next one only when one of these has ended
      wake();
    }
    return connection;
  }

  private void leave(Network network) {
    connectionsOf.computeIfPresent(network, (key, count) -> count == 1 ? null : count - 1);
  }

  /// Closes the connection of a network that has waited longest for a request.
  ///
  /// @return false if none waits
  private synchronized boolean closeQuiet(Network network) {
    Optional<Quiet> longest =
        open.stream()
            .filter(each -> each.network.equals(network) && !each.gaveWay && each.givesWay())
            .map(each -> new Quiet(each, each.idleTime()))
            .max(Comparator.comparing(Quiet::time));
    longest.ifPresent(quiet -> {
      quiet.connection.gaveWay = true; // for one new connection only
      quiet.connection.giveWay();
    });
    return longest.isPresent();
  }

  /// Not interruptable in Helidon's sense: it would be cut in the middle of a first line.
  private final class Tracked implements ServerConnection {
    private final ServerConnection connection;
    private final Network network;
    private boolean gaveWay; // guarded by OpenConnections

    private Tracked(ServerConnection connection, Network network) {
      this.connection = connection;
      this.network = network;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
      try {
        connection.handle(limit);
      } finally {
        open.remove(this);
        leave(network);
      }
    }

    /// Waits for a request, and has done so for a while.
    private boolean quiet() {
      return connection instanceof InterruptableTask<?> task
          && task.canInterrupt()
          && idleTime().compareTo(QUIET) >= 0;
    }

    /// Whether it may be closed for a new one: it is quiet, or its client has for a while not sent
    /// the headers of a request that it began.
    private boolean givesWay() {
      return quiet() || isInHead() && idleTime().compareTo(QUIET) >= 0;
    }

    private boolean isInHead() {
      return connection instanceof FramedHttp1.Framed framed && framed.isInHead();
    }

    private void giveWay() {
      close(isInHead()); // in the middle of a head only an interrupt ends the read
    }

    @Override
    public Duration idleTime() {
      return connection.idleTime();
    }

    /// Helidon asks every connection that waits to close when it stops.
    @Override
    public void close(boolean interrupt) {
      if (interrupt || !draining || quiet()) {
        connection.close(interrupt);
      }
    }
  }
}
