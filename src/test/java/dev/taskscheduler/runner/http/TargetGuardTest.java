package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.TaskFailure;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetGuardTest {
  private static boolean admits(String allowed, String privates, String host, String address) {
    try {
      guard(allowed, privates).admit(host, addresses(address));
      return true;
    } catch (TaskFailure e) {
      assertTrue(e.isPermanent(), "no other attempt would mend a refusal");
      return false;
    }
  }

  private static TargetGuard guard(String allowed, String privates) {
    return new TargetGuard(HostAllowlist.parse(allowed), HostAllowlist.parse(privates));
  }

  private static List<InetAddress> addresses(String... literals) {
    return Stream.of(literals).map(InetAddress::ofLiteral).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      emptyValue = "",
      textBlock =
          """
          ''                        | ''                | example.com     | 8.8.8.8         | true
          ''                        | ''                | example.com     | 10.0.0.1        | false
          ''                        | ''                | localhost       | 127.0.0.1       | false
          ''                        | ''                | localhost       | ::1             | false
          example.com               | ''                | example.com     | 8.8.8.8         | true
          example.com               | ''                | a.example.com   | 8.8.8.8         | false
          example.com               | ''                | example.com     | 10.0.0.1        | false
          *.example.com             | ''                | a.b.example.com | 8.8.8.8         | true
          *.example.com             | ''                | example.com     | 8.8.8.8         | false
          *.example.com             | ''                | evilexample.com | 8.8.8.8         | false
          Example.COM , 8.8.0.0/16  | ''                | other.com       | 8.8.8.8         | true
          8.8.0.0/16                | ''                | other.com       | 8.9.8.8         | false
          2606:4700::/32            | ''                | other.com       | 2606:4700::1    | true
          10.0.0.0/8                | ''                | other.com       | 10.0.0.1        | false
          ''                        | 10.1.0.0/16       | any.com         | 10.1.2.3        | true
          ''                        | 10.1.0.0/16       | any.com         | 10.2.2.3        | false
          ''                        | 10.1.0.0/16       | any.com         | 8.8.8.8         | true
          example.com               | 10.1.0.0/16       | other.com       | 10.1.2.3        | true
          example.com               | 10.1.0.0/16       | other.com       | 8.8.8.8         | false
          ''                        | billing.internal  | billing.internal| 10.1.2.3        | true
          ''                        | billing.internal  | billing.internal| 127.0.0.1       | true
          ''                        | billing.internal  | other.internal  | 10.1.2.3        | false
          ''                        | billing.internal  | billing.internal| 169.254.169.254 | false
          ''                        | *.internal        | a.internal      | fd00:ec2::254   | false
          ''                        | 169.254.169.254   | any.com         | 169.254.169.254 | true
          ''                        | 0.0.0.0/0         | any.com         | 0.0.0.0         | false
          ''                        | 0.0.0.0/0         | any.com         | 255.255.255.255 | false
          ''                        | ::/0              | any.com         | 64:ff9b::10.0.0.1 | false
          ''                        | 127.0.0.1         | 127.0.0.1       | 127.0.0.1       | true
          ''                        | 127.0.0.1         | 127.0.0.1       | 127.0.0.2       | false
          """)
  void who_may_be_asked(
      String allowed, String privates, String host, String address, boolean admitted) {
    assertEquals(admitted, admits(allowed, privates, host, address));
  }

  @Test
  void each_address_of_a_name_is_judged_by_itself() throws TaskFailure {
    assertEquals(
        addresses("8.8.8.8", "9.9.9.9"),
        guard("", "").admit("x.com", addresses("127.0.0.1", "8.8.8.8", "10.0.0.1", "9.9.9.9")));
  }

  @Test
  void a_refusal_names_the_setting_and_no_address_of_our_network() {
    var refused =
        assertThrows(
            TaskFailure.class, () -> guard("", "").admit("db.internal", addresses("10.11.12.13")));
    assertTrue(refused.getMessage().contains("HTTP_ALLOW_PRIVATE"), refused.getMessage());
    assertTrue(!refused.getMessage().contains("10.11"), refused.getMessage());
    var unlisted =
        assertThrows(
            TaskFailure.class, () -> guard("a.com", "").admit("b.com", addresses("8.8.8.8")));
    assertTrue(unlisted.getMessage().contains("HTTP_ALLOWED_HOSTS"), unlisted.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://a.com",
        "a.com:80",
        "a b",
        "*",
        "a.*.com",
        "10.0.0.0/33",
        "10.0.0/8",
        "1.2.3.256",
        "::/129",
        "a.com/8",
        "/8",
        ".com",
        "a..b",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "127.1",
        "2130706433",
        "0x7f000001",
        "010.0.0.1",
        "010.0.0.0/8",
        "10.0.0.0.",
        "*.1"
      })
  void a_rule_that_is_none_is_told_with_what_is_allowed(String rule) {
    var refused =
        assertThrows(IllegalArgumentException.class, () -> HostAllowlist.parse("ok.com," + rule));
    assertTrue(refused.getMessage().contains("*.example.com"), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      emptyValue = "",
      textBlock =
          """
          ''           | ''          | localhost       | true
          ''           | ''          | 127.9.0.1       | true
          ''           | ''          | ::1             | true
          ''           | ''          | 10.0.0.1        | true
          ''           | ''          | ::ffff:10.0.0.1 | true
          ''           | ''          | 169.254.169.254 | true
          ''           | localhost   | 169.254.169.254 | true
          ''           | ''          | 0.0.0.0         | true
          ''           | ''          | 8.8.8.8         | false
          ''           | localhost   | localhost       | false
          ''           | ::1         | localhost       | false
          ''           | 127.0.0.0/8 | localhost       | false
          ''           | 127.0.0.0/8 | 127.0.0.1       | false
          ''           | localhost   | 127.0.0.1       | true
          ''           | ''          | intranet        | false
          example.com  | ''          | localhost       | true
          example.com  | ''          | other.com       | true
          example.com  | ''          | example.com     | false
          8.8.0.0/16   | ''          | other.com       | false
          8.8.0.0/16   | ''          | 8.9.0.1         | true
          """)
  void a_target_is_refused_before_it_is_called_where_no_lookup_is_needed_to_tell(
      String allowed, String privates, String host, boolean refused) {
    assertEquals(refused, guard(allowed, privates).refusal(host).isPresent());
  }

  @Test
  void a_refusal_names_the_setting_that_allows_the_target() {
    String why = guard("", "").refusal("localhost").orElseThrow();
    assertTrue(why.contains("HTTP_ALLOW_PRIVATE"), why);
    assertTrue(guard("a.com", "").refusal("b.com").orElseThrow().contains("HTTP_ALLOWED_HOSTS"));
  }
}
