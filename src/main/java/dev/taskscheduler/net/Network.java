package dev.taskscheduler.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/// An IPv4 address, or the /64 of an IPv6 address: one host commonly has all of that.
public record Network(boolean six, long prefix) {
  public static Network of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet6Address
        ? new Network(true, bytes.getLong())
        : new Network(false, bytes.getInt());
  }
}
