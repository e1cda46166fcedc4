package dev.taskscheduler.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Parses URLs only: no name is looked up and nothing is connected to.
class TargetUrlTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "10.20.30.255, true",
    "0.0.0.0, true",
    "example.com, true",
    "EXAMPLE.com., true",
    "4you, true",
    "1.2.3.4.example, true",
    "x0x7f, true",
    "my_host, true",
    "[2001:db8::7], true",
    "[::ffff:127.0.0.1], true",
    "[::1], true",
    "0177.0.0.1, false",
    "127.0.0.01, false",
    "127.0.0.1., false",
    "127.0.0, false",
    "127.1, false",
    "2130706433, false",
    "2130706433., false",
    "017700000001, false",
    "0x7f000001, false",
    "0X7F000001, false",
    "0x7f.0.0.1, false",
    "127.0.0.0x1, false",
    "0x, false",
    "256.0.0.1, false",
    "1.2.3.4.5, false",
    "example.1, false",
    "example.0x1., false",
    "127%2e0.0.1, false",
    "[::ffff:0177.0.0.1], false",
    "[::ffff:127.1], false",
    "[fe80::1%25eth0], false",
    "１２７.0.0.1, false",
    "127。0。0。1, false"
  })
  void a_host_that_readers_read_in_several_ways_is_refused(String host, boolean good) {
    for (String url : new String[] {"http://%s/", "https://%s:8443/a?b", "HTTP://%s"}) {
      assertEquals(good, TargetUrl.read(url.formatted(host)).isPresent(), url.formatted(host));
    }
  }
}
