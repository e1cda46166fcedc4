package dev.taskscheduler.leader.raft;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/// An IPv4 address, or the /64 of an IPv6 address: one host commonly has all of that.
record Network(boolean six, long prefix) {
  static Network of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet6Address
        ? new Network(true, bytes.getLong())
        : new Network(false, bytes.getInt());
  }
}
