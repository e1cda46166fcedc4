package dev.taskscheduler.runner.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.taskscheduler.runner.http.OutboundRequest.Origin;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Connections that wait for another exchange with the same origin, few of them, and none longer
/// than a short while after it was connected: one that is always in use would otherwise never
/// follow a name that moved.
final class ConnectionPool implements AutoCloseable {
  /// From connecting on.
  static final Duration LONGEST = Duration.ofSeconds(5);

  private final int most;

  private record Kept(Connection connection, long untilNanos) {}

  @GuardedBy("this")
  private final Map<Origin, Deque<Kept>> kept = new HashMap<>();

  @GuardedBy("this")
  private int count;

  @GuardedBy("this")
  private boolean closed;

  /// @param most kept at once
  ConnectionPool(int most) {
    this.most = most;
  }

  /// The one that was used last, if there is one that may still be used.
  Optional<Connection> take(Origin origin) {
    while (true) {
      Kept youngest;
      synchronized (this) {
        Deque<Kept> waiting = kept.get(origin);
        if (waiting == null) {
          return Optional.empty();
        }
        youngest = waiting.pop();
        count--;
        if (waiting.isEmpty()) {
          kept.remove(origin);
        }
      }
      if (System.nanoTime() - youngest.untilNanos() < 0 && youngest.connection().quiet()) {
        return Optional.of(youngest.connection());
      }
      youngest.connection().drop();
    }
  }

  /// Keeps a connection for that long at the most, or closes it if it is old or there are enough.
  void keep(Connection connection, Duration atMost) {
    long now = System.nanoTime();
    long left = connection.sinceNanos() + LONGEST.toNanos() - now;
    long time = Math.min(atMost.toNanos(), left);
    synchronized (this) {
      if (!closed && count < most && time > 0) {
        kept.computeIfAbsent(connection.origin(), _ -> new ArrayDeque<>())
            .push(new Kept(connection, now + time));
        count++;
        return;
      }
    }
    connection.drop();
  }

  /// Closes those whose time is over.
  void sweep() {
    List<Connection> over = new ArrayList<>();
    long now = System.nanoTime();
    synchronized (this) {
      Iterator<Deque<Kept>> each = kept.values().iterator();
      while (each.hasNext()) {
        Deque<Kept> waiting = each.next();
        waiting.removeIf(one -> {
          boolean old = now - one.untilNanos() >= 0;
          if (old) {
            over.add(one.connection());
          }
          return old;
        });
        if (waiting.isEmpty()) {
          each.remove();
        }
      }
      count -= over.size();
    }
    over.forEach(Connection::drop);
  }

  synchronized int count() {
    return count;
  }

  @Override
  public void close() {
    List<Connection> all = new ArrayList<>();
    synchronized (this) {
      closed = true;
      kept.values().forEach(waiting -> waiting.forEach(one -> all.add(one.connection())));
      kept.clear();
      count = 0;
    }
    all.forEach(Connection::drop);
  }
}
