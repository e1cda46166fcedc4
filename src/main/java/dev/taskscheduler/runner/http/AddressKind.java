package dev.taskscheduler.runner.http;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// The kinds of target addresses, by the registries of special-purpose addresses (RFC 6890 and its
/// successors).
enum AddressKind {
  /// Reachable by anyone, hence no secret of the network that this node stands in.
  PUBLIC("public"),
  /// Of a private network, a carrier's, or this very machine.
  PRIVATE("private or loopback"),
  /// Link-local, or one at which a cloud hands out credentials.
  METADATA("link-local or metadata"),
  /// Nothing that a task may be sent to: unspecified, multicast, reserved, or a way to wrap another
  /// address.
  RESERVED("reserved");

  private static final List<CidrRange> PRIVATE_NETWORKS =
      networks(
          "10.0.0.0/8",
          "100.64.0.0/10", // carrier-grade NAT
          "127.0.0.0/8",
          "172.16.0.0/12",
          "192.168.0.0/16",
          "198.18.0.0/15", // benchmarks
          "::1",
          "fc00::/7", // unique local
          "fec0::/10"); // site-local, deprecated
  private static final List<CidrRange> METADATA_NETWORKS =
      networks(
          "169.254.0.0/16",
          "fe80::/10",
          "100.100.100.200", // Alibaba Cloud
          "168.63.129.16", // Azure, a public address that each virtual machine reaches
          "192.0.0.192", // Oracle Cloud
          "fd00:ec2::/32", // AWS
          "fd20:ce::254"); // Google Cloud
  private static final List<CidrRange> RESERVED_NETWORKS =
      networks(
          "0.0.0.0/8",
          "192.0.0.0/24",
          "192.0.2.0/24", // documentation
          "192.88.99.0/24", // 6to4 relays
          "198.51.100.0/24", // documentation
          "203.0.113.0/24", // documentation
          "224.0.0.0/3", // multicast, reserved, broadcast
          "2001::/23", // Teredo, ORCHID and other protocols
          "2001:db8::/32", // documentation
          "3fff::/20"); // documentation
  private static final CidrRange GLOBAL_V6 = CidrRange.parse("2000::/3");
  private static final CidrRange NAT64 = CidrRange.parse("64:ff9b::/96");
  private static final CidrRange SIX_TO_FOUR = CidrRange.parse("2002::/16");

  private final String said;

  AddressKind(String said) {
    this.said = said;
  }

  /// In words.
  String said() {
    return said;
  }

  static AddressKind of(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (NAT64.contains(bytes)) {
      return wrapped(Arrays.copyOfRange(bytes, 12, 16));
    }
    if (SIX_TO_FOUR.contains(bytes)) {
      return wrapped(Arrays.copyOfRange(bytes, 2, 6));
    }
    if (bytes.length == 16 && mapped(bytes)) {
      return of(Arrays.copyOfRange(bytes, 12, 16));
    }
    return of(bytes);
  }

  /// An address inside another is as good as a public one or not at all: nobody has to write a
  /// private one so.
  private static AddressKind wrapped(byte[] v4) {
    return of(v4) == PUBLIC ? PUBLIC : RESERVED;
  }

  private static boolean mapped(byte[] v6) {
    for (int i = 0; i < 10; i++) {
      if (v6[i] != 0) {
        return false;
      }
    }
    return v6[10] == (byte) 0xff && v6[11] == (byte) 0xff;
  }

  private static AddressKind of(byte[] address) {
    if (in(METADATA_NETWORKS, address)) {
      return METADATA;
    }
    if (in(PRIVATE_NETWORKS, address)) {
      return PRIVATE;
    }
    if (in(RESERVED_NETWORKS, address)) {
      return RESERVED;
    }
    return address.length == 4 || GLOBAL_V6.contains(address) ? PUBLIC : RESERVED;
  }

  private static boolean in(List<CidrRange> networks, byte[] address) {
    return networks.stream().anyMatch(network -> network.contains(address));
  }

  private static List<CidrRange> networks(String... all) {
    return Stream.of(all).map(CidrRange::parse).toList();
  }
}
