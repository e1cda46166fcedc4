package dev.taskscheduler.runner.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.taskscheduler.runner.http.OutboundRequest.Origin;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Idle connections that wait for another request to the same origin. Their number is bounded. Each
/// is closed a short while after it was connected: a connection in constant use would otherwise
/// never follow a name that moved to another address.
final class ConnectionPool implements AutoCloseable {
  /// The age at which a connection is closed, counted from connecting.
  static final Duration MAX_AGE = Duration.ofSeconds(5);

  private static final Pattern TIMEOUT = Pattern.compile("(?i).*\\btimeout=(\\d{1,6})\\b.*");

  private record Idle(Connection connection, long expiresAtNanos) {
    boolean expired() {
      return System.nanoTime() - expiresAtNanos >= 0;
    }
  }

  private final int maxIdle;

  @GuardedBy("this")
  private final Map<Origin, Deque<Idle>> idle = new HashMap<>();

  @GuardedBy("this")
  private int count;

  @GuardedBy("this")
  private boolean closed;

  ConnectionPool(int maxIdle) {
    this.maxIdle = maxIdle;
  }

  /// How long a target keeps a connection open by its header `Keep-Alive`: a second less than the
  /// header says, since the target counts from its own side. [#MAX_AGE] without a header.
  static Duration keepAliveTime(Optional<String> header) {
    return header
        .map(TIMEOUT::matcher)
        .filter(Matcher::matches)
        .map(matcher -> Duration.ofSeconds(Long.parseLong(matcher.group(1)) - 1))
        .orElse(MAX_AGE);
  }

  /// Takes the usable connection that was used last, if there is one.
  Optional<Connection> take(Origin origin) {
    while (true) {
      Idle youngest;
      synchronized (this) {
        Deque<Idle> connections = idle.get(origin);
        if (connections == null) {
          return Optional.empty();
        }
        youngest = connections.pop();
        count--;
        if (connections.isEmpty()) {
          idle.remove(origin);
        }
      }
      if (!youngest.expired() && youngest.connection().quiet()) {
        return Optional.of(youngest.connection());
      }
      youngest.connection().drop();
    }
  }

  /// Keeps a connection for `maxTime`, or closes it where it is old or enough are idle.
  void keep(Connection connection, Duration maxTime) {
    long now = System.nanoTime();
    long nanosToMaxAge = connection.connectedAtNanos() + MAX_AGE.toNanos() - now;
    long nanos = Math.min(maxTime.toNanos(), nanosToMaxAge);
    synchronized (this) {
      if (!closed && count < maxIdle && nanos > 0) {
        idle.computeIfAbsent(connection.origin(), _ -> new ArrayDeque<>())
            .push(new Idle(connection, now + nanos));
        count++;
        return;
      }
    }
    connection.drop();
  }

  /// Closes the connections whose time is over.
  void closeExpired() {
    closeIf(Idle::expired);
  }

  private void closeIf(Predicate<Idle> condition) {
    List<Connection> removed = new ArrayList<>();
    synchronized (this) {
      for (Deque<Idle> connections : idle.values()) {
        connections.removeIf(entry -> condition.test(entry) && removed.add(entry.connection()));
      }
      idle.values().removeIf(Deque::isEmpty);
      count -= removed.size();
    }
    removed.forEach(Connection::drop);
  }

  synchronized int count() {
    return count;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    closeIf(_ -> true);
  }
}
