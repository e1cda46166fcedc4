package dev.taskscheduler.leader.raft;

import dev.taskscheduler.net.Network;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The connections that others have opened, within bounds: few whose caller has not proved itself,
/// each for a short time, and few of each member. Beyond the first bound one of the others goes for
/// each new one: the oldest of the network that has most. Connections from where members were last
/// seen go last, a few of each address. Beyond the second bound the member's oldest goes.
final class IncomingConnections implements AutoCloseable {
  /// Each has a thread, which only waits to read.
  static final int MOST_UNPROVEN = 64;

  static final Duration PROVE_WITHIN = Duration.ofSeconds(5);
  private static final int MOST_OF_A_MEMBER = 8;
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final System.Logger LOG = System.getLogger(IncomingConnections.class.getName());

  private final MemberAddresses members;
  private final List<Entry> unproven = new ArrayList<>();
  private final List<Entry> proven = new ArrayList<>();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("raft-port-timer").factory());
  private int unlogged; // connections closed for new ones
  private String lastClosed = "";
  private boolean logging;
  private boolean closed;

  IncomingConnections(MemberAddresses members) {
    this.members = members;
    timer.setRemoveOnCancelPolicy(true); // a flood of closed connections shall leave nothing behind
  }

  /// One connection.
  final class Entry {
    private final Socket socket;
    private final InetAddress address;
    private final Network network;
    private String member = "";
    private Optional<ScheduledFuture<?>> deadline = Optional.empty();

    private Entry(Socket socket) {
      this.socket = socket;
      this.address = socket.getInetAddress();
      this.network = Network.of(address);
    }

    /// Takes note of who calls by it, once that is known.
    void proven(String id) {
      synchronized (IncomingConnections.this) {
        deadline.ifPresent(task -> task.cancel(false));
        if (unproven.remove(this)) {
          members.add(address);
          member = id;
          proven.add(this);
          List<Entry> same = proven.stream().filter(other -> other.member.equals(id)).toList();
          if (same.size() > MOST_OF_A_MEMBER) {
            same.getFirst().end();
          }
        }
      }
    }

    /// Closes it.
    void end() {
      synchronized (IncomingConnections.this) {
        deadline.ifPresent(task -> task.cancel(false));
        unproven.remove(this);
        proven.remove(this);
      }
      PeerConnection.close(socket);
    }
  }

  /// Admits a new connection, to be proven soon.
  ///
  /// @return empty if all are being closed
  synchronized Optional<Entry> add(Socket socket) {
    Entry entry = new Entry(socket);
    if (closed) {
      entry.end();
      return Optional.empty();
    }
    unproven.add(entry);
    if (unproven.size() > MOST_UNPROVEN) {
      Entry least = leastWanted(entry);
      least.end();
      lastClosed = least.address.getHostAddress();
      unlogged++;
      if (!logging) {
        logClosed();
      }
    }
    entry.deadline =
        Optional.of(timer.schedule(entry::end, PROVE_WITHIN.toMillis(), TimeUnit.MILLISECONDS));
    return Optional.of(entry);
  }

  private Entry leastWanted(Entry added) {
    Map<Network, Long> ofNetworks = counts(entry -> entry.network);
    Map<InetAddress, Long> ofAddresses = counts(entry -> entry.address);
    Comparator<Entry> firstToGo =
        Comparator.<Entry, Boolean>comparing(entry ->
                members.contains(entry.address)
                    && ofAddresses.getOrDefault(entry.address, 0L) <= MOST_OF_A_MEMBER)
            .thenComparing(
                entry -> ofNetworks.getOrDefault(entry.network, 0L), Comparator.reverseOrder())
            .thenComparing(unproven::indexOf); // the oldest
    return unproven.stream().filter(entry -> entry != added).min(firstToGo).orElseThrow();
  }

  private <K> Map<K, Long> counts(Function<Entry, K> key) {
    return unproven.stream().collect(Collectors.groupingBy(key, Collectors.counting()));
  }

  /// Logs how many were closed for new ones since the last such line, and again after a while until
  /// there are none.
  private synchronized void logClosed() {
    logging = unlogged > 0 && !closed;
    if (logging) {
      int count = unlogged;
      String last = lastClosed;
      unlogged = 0;
      LOG.log(
          System.Logger.Level.WARNING,
          () ->
              ("raft port is flooded, connections closed that had not proved themselves, "
                      + "for new ones count=%s last from=%s")
                  .formatted(count, last));
      timer.schedule(this::logClosed, BETWEEN_LINES.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    List<Entry> all;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(unproven);
      all.addAll(proven);
    }
    all.forEach(Entry::end);
    timer.shutdownNow();
  }
}
