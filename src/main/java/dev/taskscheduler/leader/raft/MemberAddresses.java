package dev.taskscheduler.leader.raft;

import java.net.InetAddress;
import java.util.LinkedHashSet;

/// The addresses that members were last seen at: those that they proved themselves from, and those
/// that this node calls them at. It says whose connections to keep longest, and is no proof. Safe
/// for use by many threads.
final class MemberAddresses {
  static final int MOST = 64;

  private final LinkedHashSet<InetAddress> addresses = new LinkedHashSet<>(); // the latest last

  synchronized void add(InetAddress address) {
    addresses.addLast(address);
    if (addresses.size() > MOST) {
      addresses.removeFirst();
    }
  }

  synchronized boolean contains(InetAddress address) {
    return addresses.contains(address);
  }
}
