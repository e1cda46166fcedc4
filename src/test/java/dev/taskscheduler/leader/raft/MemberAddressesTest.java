package dev.taskscheduler.leader.raft;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class MemberAddressesTest {
  @Test
  void only_the_latest_addresses_of_members_are_kept() {
    MemberAddresses addresses = new MemberAddresses();
    InetAddress first = InetAddress.ofLiteral("192.0.2.0");
    InetAddress second = InetAddress.ofLiteral("192.0.2.1");
    addresses.add(first);
    addresses.add(second);
    for (int i = 2; i <= MemberAddresses.MOST; i++) {
      addresses.add(first);
      addresses.add(InetAddress.ofLiteral("192.0.2." + i));
    }
    assertTrue(addresses.contains(first));
    assertFalse(addresses.contains(second));
  }
}
