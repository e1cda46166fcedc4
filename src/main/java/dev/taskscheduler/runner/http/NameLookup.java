package dev.taskscheduler.runner.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Looks names up on platform threads of its own: inside a lookup a virtual thread holds on to its
/// carrier, and as many slow name servers as there are carriers would stop all of the node's work.
/// Those who ask for one name at one time share one lookup.
final class NameLookup implements AutoCloseable {
  private static final int THREADS = 64; // lookups at once; a thread goes when it has been idle
  private static final int IDLE_SECONDS = 10;

  /// Where names are looked up.
  interface Names {
    /// All addresses of a name.
    List<InetAddress> addresses(String host) throws UnknownHostException;
  }

  private final Names names;
  private final ThreadPoolExecutor threads;
  private final Map<String, CompletableFuture<List<InetAddress>>> underWay =
      new ConcurrentHashMap<>();

  NameLookup(Names names) {
    this.names = names;
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("name-lookup-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /// The addresses of `host`, in due course. A name that is unknown fails it with an
  /// [UnknownHostException].
  CompletableFuture<List<InetAddress>> start(String host) {
    var mine = new CompletableFuture<List<InetAddress>>();
    CompletableFuture<List<InetAddress>> first = underWay.putIfAbsent(host, mine);
    if (first != null) {
      return first.copy(); // whoever gives up does so for itself
    }
    threads.execute(() -> {
      try {
        List<InetAddress> addresses = names.addresses(host);
        underWay.remove(host, mine);
        mine.complete(addresses);
      } catch (UnknownHostException | RuntimeException e) {
        underWay.remove(host, mine);
        mine.completeExceptionally(e);
      }
    });
    return mine.copy();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
