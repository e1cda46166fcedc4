package dev.taskscheduler.handlers.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailedLoginsTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000); // it may wrap
  private final FailedLogins failed = new FailedLogins(now::get);

  private Optional<Duration> from(String address) throws Exception {
    return failed.failed(InetAddress.getByName(address));
  }

  @Test
  void ten_a_minute_pass_and_the_next_are_told_how_long_to_wait() throws Exception {
    for (int i = 0; i < FailedLogins.MOST; i++) {
      assertEquals(Optional.empty(), from("192.0.2.1"));
    }
    now.addAndGet(Duration.ofSeconds(20).toNanos());
    assertEquals(Optional.of(Duration.ofSeconds(40)), from("192.0.2.1"));
    assertEquals(Optional.empty(), from("192.0.2.2"));
    now.addAndGet(Duration.ofSeconds(40).toNanos());
    assertEquals(Optional.empty(), from("192.0.2.1"));
  }

  @Test
  void all_addresses_of_a_64_count_as_one() throws Exception {
    for (int i = 0; i < FailedLogins.MOST; i++) {
      assertEquals(Optional.empty(), from("2001:db8:0:1:" + i + "::1"));
    }
    assertEquals(Optional.of(FailedLogins.WINDOW), from("2001:db8:0:1:ffff:ffff:ffff:ffff"));
    assertEquals(Optional.empty(), from("2001:db8:0:2::1"));
    assertEquals(Optional.empty(), from("::ffff:192.0.2.1"));
    assertEquals(3, failed.addresses());
  }

  @Test
  void no_more_addresses_are_kept_than_the_most() throws Exception {
    for (int i = 0; i < FailedLogins.MOST_ADDRESSES + 500; i++) {
      from("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255));
    }
    assertEquals(FailedLogins.MOST_ADDRESSES, failed.addresses());
  }
}
