package dev.taskscheduler.runner.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Looks names up on platform threads of its own: inside a lookup a virtual thread holds on to its
/// carrier, and as many slow name servers as there are carriers would stop all of the node's work.
///
/// A lookup that hangs cannot be ended, so outsiders can fill these threads. Therefore:
///
/// - one domain has [#SHARE] of the [#THREADS] at the most, and domains take turns;
/// - a name that was looked up a moment ago needs no thread: where none is free, the recent answer
///   is used. Where one is free the name is looked up, so that a name that moved is followed;
/// - those who ask for one name at one time share one lookup;
/// - a lookup that has not begun and that nobody waits for any more is dropped.
///
/// The caller judges each address that comes from here, a recent one too, and connects to those.
final class NameLookup implements AutoCloseable {
  static final int THREADS = 128;
  static final int SHARE = 8;
  private static final int MOST_RECENT = 1_024;
  private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int COUNTRY = 2; // letters of a country's domain
  private static final int SHORT = 3; // letters of co, com, org and their like below a country

  /// Where names are looked up.
  interface Names {
    /// All addresses of a name.
    List<InetAddress> addresses(String host) throws UnknownHostException;
  }

  private static final class Lookup {
    final String host;
    final CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
    int waiting;
    boolean begun;

    Lookup(String host) {
      this.host = host;
    }
  }

  /// The lookups of names in one domain.
  private static final class Domain {
    final Set<Lookup> waiting = new LinkedHashSet<>();
    int running;
  }

  private record Recent(List<InetAddress> addresses, long untilNanos) {}

  private final Names names;
  private final ExecutorService threads; // bounded by `running`

  @GuardedBy("this")
  private final Map<String, Lookup> underWay = new HashMap<>();

  @GuardedBy("this")
  private final Map<String, Domain> domains = new HashMap<>();

  /// Domains that have a lookup to begin and share left, in the order of their turns.
  @GuardedBy("this")
  private final Set<Domain> turns = new LinkedHashSet<>();

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

  /// The addresses of `host`.
  ///
  /// @throws ExecutionException if the name is not known
  /// @throws TimeoutException if there was no answer within that time
  List<InetAddress> addresses(String host, long millis)
      throws ExecutionException, TimeoutException, InterruptedException {
    Lookup lookup;
    synchronized (this) {
      lookup = underWay.get(host);
      if (lookup == null) {
        lookup = new Lookup(host);
        enter(lookup);
      }
      Optional<List<InetAddress>> known = lookup.begun ? Optional.empty() : recent(host);
      if (known.isPresent()) {
        dropUnlessAwaited(lookup);
        return known.get();
      }
      lookup.waiting++;
    }
    try {
      return lookup.answer.get(millis, TimeUnit.MILLISECONDS);
    } finally {
      synchronized (this) {
        lookup.waiting--;
        dropUnlessAwaited(lookup);
      }
    }
  }

  @GuardedBy("this")
  private void enter(Lookup lookup) {
    underWay.put(lookup.host, lookup);
    Domain domain = domains.computeIfAbsent(domain(lookup.host), _ -> new Domain());
    domain.waiting.add(lookup);
    takeTurn(domain);
    beginNext();
  }

  @GuardedBy("this")
  private void takeTurn(Domain domain) {
    if (!domain.waiting.isEmpty() && domain.running < SHARE) {
      turns.add(domain);
    }
  }

  @GuardedBy("this")
  private void beginNext() {
    while (running < THREADS && !turns.isEmpty()) {
      Iterator<Domain> first = turns.iterator();
      Domain domain = first.next();
      first.remove();
      Iterator<Lookup> oldest = domain.waiting.iterator();
      Lookup lookup = oldest.next();
      oldest.remove();
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
    } catch (RuntimeException | Error e) { // closed, or the system gives no more threads
      leave(lookup, domain);
      lookup.answer.completeExceptionally(e);
    }
  }

  private void run(Lookup lookup) {
    try {
      List<InetAddress> addresses = List.copyOf(names.addresses(lookup.host));
      end(lookup, Optional.of(addresses));
      lookup.answer.complete(addresses);
    } catch (UnknownHostException | RuntimeException | Error e) {
      end(lookup, Optional.empty());
      lookup.answer.completeExceptionally(e);
    }
  }

  private synchronized void end(Lookup lookup, Optional<List<InetAddress>> addresses) {
    recent.remove(lookup.host);
    addresses.ifPresent(
        good -> recent.put(lookup.host, new Recent(good, System.nanoTime() + RECENT_NANOS)));
    if (recent.size() > MOST_RECENT) {
      recent.remove(recent.keySet().iterator().next());
    }
    Domain domain = domains.get(domain(lookup.host));
    if (domain != null) {
      leave(lookup, domain);
      takeTurn(domain);
    }
    beginNext();
  }

  @GuardedBy("this")
  private void leave(Lookup lookup, Domain domain) {
    running--;
    domain.running--;
    underWay.remove(lookup.host, lookup);
    forgetIfUnused(domain(lookup.host), domain);
  }

  @GuardedBy("this")
  private void dropUnlessAwaited(Lookup lookup) {
    Domain domain = domains.get(domain(lookup.host));
    if (lookup.begun || lookup.waiting > 0 || domain == null) {
      return;
    }
    underWay.remove(lookup.host, lookup);
    domain.waiting.remove(lookup);
    if (domain.waiting.isEmpty()) {
      turns.remove(domain);
    }
    forgetIfUnused(domain(lookup.host), domain);
  }

  @GuardedBy("this")
  private void forgetIfUnused(String name, Domain domain) {
    if (domain.running == 0 && domain.waiting.isEmpty()) {
      domains.remove(name, domain);
    }
  }

  @GuardedBy("this")
  private Optional<List<InetAddress>> recent(String host) {
    return Optional.ofNullable(recent.get(host))
        .filter(known -> System.nanoTime() - known.untilNanos() < 0)
        .map(Recent::addresses);
  }

  /// The domain that somebody registered, as far as the name alone can tell: its last two labels,
  /// or three below the likes of `co.uk`.
  static String domain(String host) {
    int last = host.lastIndexOf('.');
    int second = host.lastIndexOf('.', last - 1);
    boolean country = host.length() - last - 1 == COUNTRY && last - second - 1 <= SHORT;
    int from = country && second > 0 ? host.lastIndexOf('.', second - 1) : second;
    return last < 0 ? host : host.substring(from + 1);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
