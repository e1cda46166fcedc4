package dev.taskscheduler.runner.http;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// The kinds of target addresses, after the registries of special-purpose addresses (RFC 6890 and
/// its successors).
enum AddressKind {
  /// Reachable by anyone.
  PUBLIC("public"),
  /// In a private network, in a carrier's network, or on this machine.
  PRIVATE("private or loopback"),
  /// Link-local, or an address at which a cloud gives out credentials.
  METADATA("link-local or metadata"),
  /// Never a target: unspecified, multicast, reserved, or an address that wraps another one.
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

  private static final byte[] MAPPED_V4_PREFIX = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  private final String description;

  AddressKind(String description) {
    this.description = description;
  }

  String description() {
    return description;
  }

  static AddressKind of(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (NAT64.contains(bytes)) {
      return wrapped(Arrays.copyOfRange(bytes, 12, 16));
    }
    if (SIX_TO_FOUR.contains(bytes)) {
      return wrapped(Arrays.copyOfRange(bytes, 2, 6));
    }
    if (bytes.length == 16 && Arrays.equals(bytes, 0, 12, MAPPED_V4_PREFIX, 0, 12)) {
      return of(Arrays.copyOfRange(bytes, 12, 16));
    }
    return of(bytes);
  }

  /// Only a public address may be wrapped: nobody needs to write a private address this way.
  private static AddressKind wrapped(byte[] v4) {
    return of(v4) == PUBLIC ? PUBLIC : RESERVED;
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

  private static List<CidrRange> networks(String... ranges) {
    return Stream.of(ranges).map(CidrRange::parse).toList();
  }
}
