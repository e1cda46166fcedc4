package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.spi.TaskRun;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeysTest {
  private static final String OLD = key('o');
  private static final String NEW = key('n');
  private static final TaskRun TASK =
      new TaskRun(
          "01a209ff-a591-78fb-9987-246314d4b34c",
          2,
          new FencingToken(7, "0123456789abcdef"),
          new byte[0],
          Optional.empty(),
          1);

  private static String key(char of) {
    return "whsec_"
        + Base64.getEncoder()
            .encodeToString(String.valueOf(of).repeat(32).getBytes(StandardCharsets.US_ASCII));
  }

  private static Map<String, List<String>> headers(String keys, String body) {
    return TaskHeaders.of(
            TASK, body.getBytes(StandardCharsets.UTF_8), SigningKeys.parse(keys), Instant.now())
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, header -> List.of(header.getValue())));
  }

  /// The example of the specification, with the signature that its reference implementation gives.
  @Test
  void the_signature_is_that_of_the_specification() {
    assertEquals(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        SigningKeys.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .sign(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1614265330,
                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1}", "", "täglich ✓", "{\n  \"a\" : 1.0\n}"})
  void the_specifications_own_library_accepts_us(String body) throws Exception {
    new Webhook(NEW).verify(body, headers(NEW, body));
  }

  @Test
  void while_a_key_is_replaced_receivers_of_either_accept_us() throws Exception {
    Map<String, List<String>> headers = headers(NEW + "," + OLD, "x");
    new Webhook(NEW).verify("x", headers);
    new Webhook(OLD).verify("x", headers);
    assertEquals(
        headers(NEW, "x").get("webhook-signature").getFirst().substring(0, 3),
        headers.get("webhook-signature").getFirst().substring(0, 3));
    assertThrows(
        WebhookVerificationException.class, () -> new Webhook(key('z')).verify("x", headers));
    assertThrows(WebhookVerificationException.class, () -> new Webhook(NEW).verify("y", headers));
  }

  @Test
  void without_keys_nothing_is_signed() {
    assertTrue(headers("", "x").keySet().stream().noneMatch(name -> name.startsWith("webhook-")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secret",
        "whsec_",
        "whsec_c2hvcnQ=",
        "whsec_!!!!notbase64!!!!notbase64!!!!notbase64!!!!",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
            + " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
      })
  void keys_that_cannot_be_are_refused_and_never_repeated(String keys) {
    var refused = assertThrows(IllegalArgumentException.class, () -> SigningKeys.parse(keys));
    for (Throwable e = refused; e != null; e = e.getCause()) {
      assertFalse(e.getMessage().contains("MfKQ9"), e.getMessage());
      assertFalse(e.getMessage().contains("notbase64"), e.getMessage());
    }
  }

  @Test
  void each_host_has_keys_of_its_own_and_the_most_specific_line_counts() {
    SigningKeyRing ring =
        SigningKeyRing.parse(
            """
            # a comment
            %1$s
            API.example.com %2$s,%1$s   # both while the key is replaced
            *.example.com %3$s
            *.b.example.com\t%4$s
            127.0.0.1 %3$s
            [::1] %4$s
            """
                .formatted(OLD, NEW, key('x'), key('y')));
    assertEquals(SigningKeys.parse(OLD), ring.of("other.com"));
    assertEquals(SigningKeys.parse(OLD), ring.of("example.com"));
    assertEquals(SigningKeys.parse(NEW + " " + OLD), ring.of("api.example.com"));
    assertEquals(SigningKeys.parse(key('x')), ring.of("a.api.example.com"));
    assertEquals(SigningKeys.parse(key('y')), ring.of("a.b.example.com"));
    assertEquals(SigningKeys.parse(key('x')), ring.of("b.example.com"));
    assertEquals(SigningKeys.parse(key('x')), ring.of("127.0.0.1"));
    assertEquals(SigningKeys.parse(key('y')), ring.of("::1"));
    assertEquals(SigningKeys.parse(key('y')), ring.of("0:0:0:0:0:0:0:1"));
    assertEquals(SigningKeys.parse(key('y')), ring.of("::0001"));
    assertEquals(SigningKeys.parse(key('x')), ring.of("::ffff:127.0.0.1"));
    assertEquals("7 keys for 5 hosts and others", ring.toString());
    assertTrue(SigningKeyRing.parse("a.com " + OLD).of("b.com").isEmpty());
    assertTrue(SigningKeyRing.parse(" \n# nothing\n").isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.com",
        "a.com b.com %s",
        "a.com secret",
        "a.com %s\nA.com %s",
        "a.com %s %s %s",
        "127.1 %s",
        "*.*.com %s",
        "http://a.com %s",
        "a.com:80 %s",
        "[::1::] %s",
        "[::1] %s\n[::01] %s",
        "%s\n%s\n%s"
      })
  void a_line_that_is_none_is_refused(String text) {
    String keys = text.replace("%s", OLD);
    var refused =
        assertThrows(IllegalArgumentException.class, () -> SigningKeyRing.parse(keys), keys);
    assertFalse(refused.getMessage().contains(OLD), refused.getMessage());
  }

  @Test
  void keys_are_not_shown() {
    assertEquals("2 keys", SigningKeys.parse(NEW + "\n" + OLD + "\n").toString());
    assertDoesNotThrow(() -> SigningKeys.parse(" \n"));
  }
}
