package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.testing.HttpTarget;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whom the runner connects to: the addresses that were checked, and nobody who cannot prove to be
/// the host of the URL.
@Timeout(60)
class GuardedConnectIT {
  private static final InetAddress UNREACHABLE = InetAddress.ofLiteral("127.0.0.0");

  private static Sending sending(String privates, NameLookup.Names names) throws Exception {
    return new Sending(Sending.config("PT10S", privates, ""), names, SSLContext.getDefault());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "localhost",
        "2130706433",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "[::]"
      })
  void this_machine_is_refused_however_it_is_written(String host) throws Exception {
    try (HttpTarget target = HttpTarget.answering(200, "");
        Sending sending = sending("", name -> List.of(InetAddress.getAllByName(name)))) {
      TaskFailure failure = sending.get("http://" + host + ":" + target.port() + "/").failure();
      assertTrue(
          failure.isPermanent() || failure.getMessage().contains("is unknown"),
          failure.getMessage());
      assertEquals(0, target.asked().size());
    }
  }

  @Test
  void a_name_that_is_not_allowed_is_not_looked_up() throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    HttpRunnerConfig given = Sending.config("PT10S", "", "");
    HttpRunnerConfig listed =
        new HttpRunnerConfig(
            given.connectTimeout(),
            given.timeout(),
            given.maxResponseBytes(),
            HostAllowlist.parse("api.test,*.internal.test"),
            HostAllowlist.NONE,
            given.keys());
    NameLookup.Names names =
        _ -> {
          lookups.incrementAndGet();
          return List.of(InetAddress.ofLiteral("127.0.0.1"));
        };
    try (Sending sending = new Sending(listed, names, SSLContext.getDefault())) {
      for (String host : List.of("other.test", "internal.test", "api.test.evil.test")) {
        TaskFailure refused = sending.get("http://" + host + "/").failure();
        assertTrue(refused.isPermanent(), refused.getMessage());
        assertTrue(refused.getMessage().contains("HTTP_ALLOWED_HOSTS"), refused.getMessage());
      }
      assertEquals(0, lookups.get());
      assertTrue(sending.get("http://a.internal.test/").failure().isPermanent(), "it is private");
      assertEquals(1, lookups.get());
    }
  }

  /// The attack that a check by a lookup of its own would fall to.
  @Test
  void a_name_that_answers_differently_the_second_time_is_looked_up_once_a_connection()
      throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    InetAddress first = InetAddress.ofLiteral("127.0.0.1");
    InetAddress second = InetAddress.ofLiteral("127.0.0.2");
    try (HttpTarget target = HttpTarget.answering(200, "", "Connection", "close");
        Sending sending =
            sending("127.0.0.1", _ -> List.of(lookups.getAndIncrement() == 0 ? first : second))) {
      sending.get(target.url("/")).kept();
      assertEquals(1, lookups.get());
      TaskFailure failure = sending.get(target.url("/")).failure();
      assertTrue(failure.isPermanent(), failure.getMessage());
      assertEquals(2, lookups.get());
      assertEquals(1, target.asked().size());
    }
  }

  @Test
  void only_the_addresses_of_a_name_that_may_be_asked_are_connected_to() throws Exception {
    try (HttpTarget target = HttpTarget.answering(200, "");
        Sending refused =
            sending(
                "127.0.0.9", _ -> List.of(Sending.LOOPBACK, InetAddress.ofLiteral("127.0.0.9")))) {
      TaskFailure failure = refused.get(target.url("/")).failure();
      assertFalse(failure.isPermanent(), failure.getMessage());
      assertTrue(failure.getMessage().contains("refused"), failure.getMessage());
      assertEquals(0, target.asked().size());
    }
  }

  @Test
  void an_address_that_does_not_answer_is_followed_by_the_next() throws Exception {
    try (HttpTarget target = HttpTarget.answering(200, "");
        Sending sending = sending("127.0.0.0/8", _ -> List.of(UNREACHABLE, Sending.LOOPBACK))) {
      sending.get(target.url("/")).kept();
      assertEquals(1, target.asked().size());
    }
  }

  @Test
  void a_name_that_is_not_known_is_tried_again_later() throws Exception {
    try (Sending sending =
        sending(
            "",
            name -> {
              throw new UnknownHostException(name);
            })) {
      TaskFailure failure = sending.get("http://nowhere.test/").failure();
      assertFalse(failure.isPermanent());
      assertEquals(
          "http://nowhere.test cannot be reached: its name is unknown", failure.getMessage());
    }
  }

  @Test
  void a_name_server_that_says_nothing_holds_nobody_up_but_those_who_ask_it() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    NameLookup.Names names =
        name -> {
          if (name.equals("target.test")) {
            return List.of(Sending.LOOPBACK);
          }
          asked.countDown();
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          throw new UnknownHostException(name);
        };
    try (HttpTarget target = HttpTarget.answering(200, "");
        Sending sending = sending("127.0.0.1", names)) {
      Sending.Attempt slow = sending.get("http://slow.test/");
      Sending.Attempt interrupted = sending.get("http://slow.test/");
      assertTrue(asked.await(10, TimeUnit.SECONDS));
      sending.get(target.url("/")).kept();
      interrupted.thread().interrupt();
      assertInstanceOf(InterruptedException.class, interrupted.thrown());
      TaskFailure failure = slow.failure();
      assertFalse(failure.isPermanent());
      assertTrue(failure.getMessage().contains("HTTP_CONNECT_TIMEOUT"), failure.getMessage());
    }
  }

  @Test
  void a_certificate_must_be_trusted_and_bear_the_hosts_name(@TempDir Path folder)
      throws Exception {
    KeyStore store = certificate(folder);
    SSLContext trusting = context(store);
    try (HttpTarget target =
        HttpTarget.by(trusting, exchange -> HttpTarget.answer(exchange, 200, "ok"))) {
      HttpRunnerConfig config = Sending.config("PT10S", "127.0.0.1", "");
      NameLookup.Names names = _ -> List.of(Sending.LOOPBACK);
      try (Sending sending = new Sending(config, names, trusting)) {
        assertTrue(sending.get(target.url("/")).kept().contains("\"ok\""));
        assertTrue(sending.get(target.url("/")).kept().contains("\"ok\""));
        assertEquals(1, target.asked().stream().map(HttpTarget.Asked::port).distinct().count());
        TaskFailure other = sending.get("https://other.test:" + target.port() + "/").failure();
        assertTrue(other.getMessage().contains("failed the TLS handshake"), other.getMessage());
        assertFalse(other.isPermanent());
      }
      try (Sending sending = new Sending(config, names, SSLContext.getDefault())) {
        TaskFailure untrusted = sending.get(target.url("/")).failure();
        assertTrue(
            untrusted.getMessage().contains("failed the TLS handshake"), untrusted.getMessage());
        assertFalse(untrusted.isPermanent());
      }
      assertEquals(2, target.asked().size());
    }
  }

  /// Self-signed, for `target.test`.
  private static KeyStore certificate(Path folder) throws Exception {
    Path file = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "target",
                "-keyalg",
                "EC",
                "-dname",
                "CN=target.test",
                "-ext",
                "san=dns:target.test",
                "-keystore",
                file.toString(),
                "-storepass",
                "changeit",
                "-storetype",
                "PKCS12")
            .inheritIO()
            .start();
    assertEquals(0, keytool.waitFor());
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, "changeit".toCharArray());
    }
    return store;
  }

  private static SSLContext context(KeyStore store) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, "changeit".toCharArray());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
