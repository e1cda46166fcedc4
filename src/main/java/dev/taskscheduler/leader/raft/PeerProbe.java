package dev.taskscheduler.leader.raft;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Probes which members accept a connection: followers hear nothing of each other by way of Raft.
/// Looked at every other second, on a thread of its own.
final class PeerProbe implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final int CONNECT_LIMIT_MS = 500;

  private final Supplier<Collection<RaftNode>> others;
  private final Set<String> reached = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("raft-reach").factory());

  /// @param others whom to look at; asked each time
  PeerProbe(Supplier<Collection<RaftNode>> others) {
    this.others = others;
  }

  void start() {
    thread.scheduleWithFixedDelay(this::look, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    for (RaftNode node : others.get()) {
      if (connects(node)) {
        reached.add(node.id());
      } else {
        reached.remove(node.id());
      }
    }
  }

  private static boolean connects(RaftNode node) {
    try (Socket socket = new Socket()) {
      socket.connect(node.socketAddress(), CONNECT_LIMIT_MS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// Whether the last look at this member found it; false before the first.
  boolean reached(String id) {
    return reached.contains(id);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
