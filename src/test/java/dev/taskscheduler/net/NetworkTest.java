package dev.taskscheduler.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/// How the Raft port tells callers apart by their addresses.
class NetworkTest {
  private static Network network(String address) {
    return Network.of(InetAddress.ofLiteral(address));
  }

  @Test
  void addresses_of_one_ipv6_network_count_as_one() {
    assertEquals(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff:ffff:ffff:ffff"));
    assertNotEquals(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
  }

  @Test
  void each_ipv4_address_counts_alone() {
    assertNotEquals(network("192.0.2.1"), network("192.0.2.2"));
    assertEquals(network("192.0.2.1"), network("::ffff:192.0.2.1"));
    assertNotEquals(network("::"), network("0.0.0.0"));
  }
}
