package dev.taskscheduler.leader.raft;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// The connections that others have opened, within bounds: few whose caller has not proved itself,
/// each for a short time, and few of each member. Beyond a bound the oldest one goes, of whichever
/// address has the most: who holds connections open keeps nobody else out.
final class IncomingConnections implements AutoCloseable {
  static final int MOST_UNPROVEN = 16;
  static final Duration PROVE_WITHIN = Duration.ofSeconds(5);
  private static final int MOST_OF_A_MEMBER = 8;

  private final List<Entry> unproven = new ArrayList<>();
  private final List<Entry> proven = new ArrayList<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("raft-port-timer").factory());
  private boolean closed;

  /// One connection.
  final class Entry {
    private final Socket socket;
    private final InetAddress address;
    private String member = "";
    private Optional<ScheduledFuture<?>> deadline = Optional.empty();

    private Entry(Socket socket) {
      this.socket = socket;
      this.address = socket.getInetAddress();
    }

    /// Takes note of who calls by it, once that is known.
    void proven(String id) {
      synchronized (IncomingConnections.this) {
        deadline.ifPresent(task -> task.cancel(false));
        if (unproven.remove(this)) {
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
      try {
        socket.close();
      } catch (IOException e) {
        System.getLogger(IncomingConnections.class.getName())
            .log(System.Logger.Level.DEBUG, "raft connection did not close", e);
      }
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
      oldestOfTheBusiest().end();
    }
    entry.deadline =
        Optional.of(timer.schedule(entry::end, PROVE_WITHIN.toMillis(), TimeUnit.MILLISECONDS));
    return Optional.of(entry);
  }

  private Entry oldestOfTheBusiest() {
    Map<InetAddress, Long> counts =
        unproven.stream()
            .collect(Collectors.groupingBy(entry -> entry.address, Collectors.counting()));
    InetAddress busiest =
        counts.entrySet().stream()
            .max(Comparator.comparing(Map.Entry::getValue))
            .orElseThrow()
            .getKey();
    return unproven.stream()
        .filter(entry -> entry.address.equals(busiest))
        .findFirst()
        .orElseThrow();
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
