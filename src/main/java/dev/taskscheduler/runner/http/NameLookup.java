package dev.taskscheduler.runner.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Looks up names on platform threads of its own. A lookup pins a virtual thread to its carrier, so
/// a few slow name servers would stop all of the node's work.
///
/// A lookup that hangs cannot be ended, so outsiders can fill these threads. Therefore:
///
/// - one domain uses at most [#MAX_PER_DOMAIN] of the [#MAX_THREADS] threads, and domains take
///   turns;
/// - where no thread is free, a recent result is used. Where one is free the name is looked up, so
///   that a name that moved is followed;
/// - callers that ask for one name at the same time share one lookup;
/// - a lookup that has not begun and has no caller any more is dropped.
///
/// The caller checks each address, a recent one too, and connects to the checked ones.
final class NameLookup implements AutoCloseable {
  static final int MAX_THREADS = 128;
  static final int MAX_PER_DOMAIN = 8;
  private static final int MAX_RECENT = 1_024;
  private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int COUNTRY = 2; // letters of a country's domain
  private static final int SHORT = 3; // letters of co, com, org and such below a country

  /// Resolves names.
  interface Names {
    /// All addresses of a name.
    List<InetAddress> addresses(String host) throws UnknownHostException;
  }

  private static final class Lookup {
    final String host;
    final CompletableFuture<List<InetAddress>> result = new CompletableFuture<>();
    int callers;
    boolean begun;

    Lookup(String host) {
      this.host = host;
    }
  }

  /// The lookups of names in one domain.
  private static final class Domain {
    final SequencedSet<Lookup> waiting = new LinkedHashSet<>();
    int running;
  }

  private record Recent(List<InetAddress> addresses, long expiresAtNanos) {}

  private final Names names;
  private final ExecutorService threads; // bounded by `running`

  @GuardedBy("this")
  private final Map<String, Lookup> lookups = new HashMap<>();

  @GuardedBy("this")
  private final Map<String, Domain> domains = new HashMap<>();

  /// Domains that may begin a lookup, in the order of their turns.
  @GuardedBy("this")
  private final SequencedSet<Domain> turns = new LinkedHashSet<>();

  @GuardedBy("this")
  private final Map<String, Recent> recent = new LinkedHashMap<>(16, 0.75f, true);

  @GuardedBy("this")
  private int running;

  NameLookup(Names names) {
    this.names = names;
    threads =
        Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("name-lookup-", 0).factory());
  }

  /// Looks up the addresses of `host`.
  ///
  /// @throws ExecutionException if the name is not known
  /// @throws TimeoutException if there was no result within that time
  List<InetAddress> addresses(String host, long millis)
      throws ExecutionException, TimeoutException, InterruptedException {
    Lookup lookup;
    synchronized (this) {
      lookup = lookups.get(host);
      if (lookup == null) {
        lookup = new Lookup(host);
        add(lookup);
      }
      Optional<List<InetAddress>> known = lookup.begun ? Optional.empty() : recent(host);
      if (known.isPresent()) {
        dropIfUnused(lookup);
        return known.get();
      }
      lookup.callers++;
    }
    try {
      return lookup.result.get(millis, TimeUnit.MILLISECONDS);
    } finally {
      synchronized (this) {
        lookup.callers--;
        dropIfUnused(lookup);
      }
    }
  }

  @GuardedBy("this")
  private void add(Lookup lookup) {
    lookups.put(lookup.host, lookup);
    Domain domain = domains.computeIfAbsent(domain(lookup.host), _ -> new Domain());
    domain.waiting.add(lookup);
    takeTurn(domain);
    beginNext();
  }

  @GuardedBy("this")
  private void takeTurn(Domain domain) {
    if (!domain.waiting.isEmpty() && domain.running < MAX_PER_DOMAIN) {
      turns.add(domain);
    }
  }

  @GuardedBy("this")
  private void beginNext() {
    while (running < MAX_THREADS && !turns.isEmpty()) {
      Domain domain = turns.removeFirst();
      Lookup lookup = domain.waiting.removeFirst();
      begin(lookup, domain);
      takeTurn(domain);
    }
  }

  @GuardedBy("this")
  private void begin(Lookup lookup, Domain domain) {
    lookup.begun = true;
    running++;
    domain.running++;
    try {
      threads.execute(() -> run(lookup));
    } catch (RuntimeException | Error e) { // closed, or no more threads can be created
      finished(lookup, domain);
      lookup.result.completeExceptionally(e);
    }
  }

  private void run(Lookup lookup) {
    try {
      List<InetAddress> addresses = List.copyOf(names.addresses(lookup.host));
      end(lookup, Optional.of(addresses));
      lookup.result.complete(addresses);
    } catch (UnknownHostException | RuntimeException | Error e) {
      end(lookup, Optional.empty());
      lookup.result.completeExceptionally(e);
    }
  }

  private synchronized void end(Lookup lookup, Optional<List<InetAddress>> addresses) {
    recent.remove(lookup.host);
    addresses.ifPresent(
        list -> recent.put(lookup.host, new Recent(list, System.nanoTime() + RECENT_NANOS)));
    if (recent.size() > MAX_RECENT) {
      recent.remove(recent.keySet().iterator().next());
    }
    Domain domain = domains.get(domain(lookup.host));
    if (domain != null) {
      finished(lookup, domain);
      takeTurn(domain);
    }
    beginNext();
  }

  @GuardedBy("this")
  private void finished(Lookup lookup, Domain domain) {
    running--;
    domain.running--;
    lookups.remove(lookup.host, lookup);
    removeIfUnused(domain(lookup.host), domain);
  }

  @GuardedBy("this")
  private void dropIfUnused(Lookup lookup) {
    Domain domain = domains.get(domain(lookup.host));
    if (lookup.begun || lookup.callers > 0 || domain == null) {
      return;
    }
    lookups.remove(lookup.host, lookup);
    domain.waiting.remove(lookup);
    if (domain.waiting.isEmpty()) {
      turns.remove(domain);
    }
    removeIfUnused(domain(lookup.host), domain);
  }

  @GuardedBy("this")
  private void removeIfUnused(String name, Domain domain) {
    if (domain.running == 0 && domain.waiting.isEmpty()) {
      domains.remove(name, domain);
    }
  }

  @GuardedBy("this")
  private Optional<List<InetAddress>> recent(String host) {
    return Optional.ofNullable(recent.get(host))
        .filter(entry -> System.nanoTime() - entry.expiresAtNanos() < 0)
        .map(Recent::addresses);
  }

  /// The registered domain, as far as the name alone can tell: its last two labels, or three below
  /// a suffix such as `co.uk`.
  static String domain(String host) {
    int last = host.lastIndexOf('.');
    int second = host.lastIndexOf('.', last - 1);
    boolean country = host.length() - last - 1 == COUNTRY && last - second - 1 <= SHORT;
    int beforeDomain = country && second > 0 ? host.lastIndexOf('.', second - 1) : second;
    return last < 0 ? host : host.substring(beforeDomain + 1);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
