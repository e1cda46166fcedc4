package dev.taskscheduler.redis;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The primary at one address. A name may lead to another server while the old one still answers.
final class NamedPrimary implements PrimaryLookup {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1); // as the JVM keeps a name

  private final RedisAddress address;
  private final Set<InetAddress> connectedTo = ConcurrentHashMap.newKeySet();
  private boolean missing; // used by the watching thread only

  NamedPrimary(RedisAddress address) {
    this.address = address;
  }

  @Override
  public RedisAddress primary() {
    return address;
  }

  @Override
  public Optional<RedisAddress> last() {
    return Optional.of(address);
  }

  @Override
  public void forget() {
    connectedTo.clear();
  }

  @Override
  public void connected(InetAddress to) {
    connectedTo.add(to);
  }

  @Override
  public Optional<Duration> watchEvery() {
    return address.isNamed() ? Optional.of(LOOK_EVERY) : Optional.empty();
  }

  /// At the second look that does not find an address: a single answer may be a part of all.
  @Override
  public boolean moved() {
    boolean missingBefore = missing;
    try {
      missing = !List.of(InetAddress.getAllByName(address.host())).containsAll(connectedTo);
    } catch (UnknownHostException e) {
      missing = false; // the connections that are open still serve
    }
    return missing && missingBefore;
  }
}
