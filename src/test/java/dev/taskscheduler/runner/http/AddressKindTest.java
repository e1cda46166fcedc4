package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressKindTest {
  @ParameterizedTest
  @CsvSource({
    "8.8.8.8, PUBLIC",
    "9.255.255.255, PUBLIC",
    "11.0.0.0, PUBLIC",
    "100.63.255.255, PUBLIC",
    "100.128.0.0, PUBLIC",
    "126.255.255.255, PUBLIC",
    "172.15.255.255, PUBLIC",
    "172.32.0.0, PUBLIC",
    "192.167.255.255, PUBLIC",
    "223.255.255.255, PUBLIC",
    "2606:4700::1111, PUBLIC",
    "64:ff9b::8.8.8.8, PUBLIC",
    "2002:808:808::1, PUBLIC",
    "::ffff:8.8.8.8, PUBLIC",
    "10.0.0.0, PRIVATE",
    "10.255.255.255, PRIVATE",
    "100.64.0.0, PRIVATE",
    "100.127.255.255, PRIVATE",
    "127.0.0.1, PRIVATE",
    "127.255.255.255, PRIVATE",
    "172.16.0.0, PRIVATE",
    "172.31.255.255, PRIVATE",
    "192.168.0.1, PRIVATE",
    "198.19.255.255, PRIVATE",
    "::1, PRIVATE",
    "::ffff:127.0.0.1, PRIVATE",
    "::ffff:10.1.2.3, PRIVATE",
    "fc00::1, PRIVATE",
    "fdff::1, PRIVATE",
    "fec0::1, PRIVATE",
    "169.254.169.254, METADATA",
    "169.254.0.1, METADATA",
    "fe80::1, METADATA",
    "febf::1, METADATA",
    "100.100.100.200, METADATA",
    "168.63.129.16, METADATA",
    "192.0.0.192, METADATA",
    "fd00:ec2::254, METADATA",
    "fd20:ce::254, METADATA",
    "::ffff:169.254.169.254, METADATA",
    "0.0.0.0, RESERVED",
    "0.1.2.3, RESERVED",
    "192.0.0.1, RESERVED",
    "192.0.2.1, RESERVED",
    "192.88.99.1, RESERVED",
    "198.51.100.1, RESERVED",
    "203.0.113.1, RESERVED",
    "224.0.0.1, RESERVED",
    "240.0.0.1, RESERVED",
    "255.255.255.255, RESERVED",
    "::, RESERVED",
    "::127.0.0.1, RESERVED",
    "64:ff9b::127.0.0.1, RESERVED",
    "64:ff9b::169.254.169.254, RESERVED",
    "64:ff9b:1::8.8.8.8, RESERVED",
    "2002:7f00:1::1, RESERVED",
    "2002:a9fe:a9fe::1, RESERVED",
    "2001::1, RESERVED",
    "2001:db8::1, RESERVED",
    "3fff::1, RESERVED",
    "ff02::1, RESERVED",
    "4000::1, RESERVED"
  })
  void every_address_is_of_a_kind(String literal, AddressKind kind) {
    assertEquals(kind, AddressKind.of(InetAddress.ofLiteral(literal)));
  }
}
