package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.tls.TlsIdentity;
import dev.taskscheduler.handlers.tls.Transport;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.LogLines;
import dev.taskscheduler.testing.NamedPipe;
import dev.taskscheduler.testing.TestIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The HTTP port over TLS, to a client that trusts one certificate.
@Timeout(120)
class TlsIT {
  private static final Duration DEADLINE = Duration.ofMillis(800);
  private static final int MAX_BODY = 1 << 20;

  private static TestIdentity first;
  private static TestIdentity second;

  @TempDir Path folder;

  private final MemoryStore store = new MemoryStore();
  private final LogLines log = new LogLines("dev.taskscheduler.handlers");
  private Path certificate;
  private Path key;
  private HttpServer server;

  @BeforeAll
  static void make(@TempDir Path folder) throws Exception {
    first = TestIdentity.make(folder, "EC", "first");
    second = TestIdentity.make(folder, "RSA", "second");
  }

  @BeforeEach
  void start() throws Exception {
    certificate = folder.resolve("tls.crt");
    key = folder.resolve("tls.key");
    first.write(certificate, key);
    server = started();
  }

  private HttpServer started() {
    return started(Duration.ofMinutes(1));
  }

  private HttpServer started(Duration idle) {
    TlsIdentity.Valid identity =
        assertInstanceOf(TlsIdentity.Valid.class, TlsIdentity.read(certificate, key));
    HttpServer made =
        new HttpServer(
            TestServers.config(
                MAX_BODY,
                MAX_BODY,
                DEADLINE,
                new AccessPolicy.Everyone(),
                new Transport.Encrypted(identity)),
            TestServers.scheduler(store),
            (route, status, nanos) -> {},
            idle,
            TestServers.UNLIMITED);
    made.start(() -> {});
    return made;
  }

  @AfterEach
  void stop() {
    server.close();
    log.close();
  }

  private static HttpClient trusting(TestIdentity identity) throws Exception {
    return HttpClient.newBuilder().sslContext(identity.trusting()).build();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path));
  }

  private SSLSocket connect(String... protocols) throws Exception {
    SSLSocket socket =
        (SSLSocket) first.trusting().getSocketFactory().createSocket("127.0.0.1", server.port());
    socket.setSoTimeout(15_000);
    socket.setEnabledProtocols(protocols);
    return socket;
  }

  @Test
  void browsers_are_told_to_come_back_over_tls_alone() throws Exception {
    try (HttpClient client = trusting(first)) {
      for (String path : List.of("/leader", "/nowhere", "/swagger/")) {
        HttpResponse<Void> answer =
            client.send(to(path).build(), HttpResponse.BodyHandlers.discarding());
        assertEquals(
            Optional.of("max-age=31536000"),
            answer.headers().firstValue("Strict-Transport-Security"),
            path);
      }
    }
  }

  /// A pipe in the place of the key: the watcher goes on, and takes the pair that comes after it.
  @Test
  void a_pipe_in_the_place_of_the_key_does_not_keep_the_former_pair() throws Exception {
    Files.delete(key);
    NamedPipe.make(key);
    Eventually.await("told", () -> !log.at(Level.WARNING, "no regular file").isEmpty());
    Files.delete(key);
    second.write(certificate, key);
    Eventually.await("taken", () -> log.at(Level.INFO, "tls certificate read").size() == 2);
  }

  @Test
  void requests_small_and_large_are_answered_over_one_connection() throws Exception {
    try (HttpClient client = trusting(first)) {
      for (int size : new int[] {1, 1_000, 20_000, MAX_BODY - 14}) {
        String body = "{\"payload\":\"" + "x".repeat(size) + "\"}";
        HttpResponse<String> answer =
            client.send(
                to("/submit")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(body))
                    .build(),
                BodyHandlers.ofString());
        assertEquals(202, answer.statusCode(), answer.body());
      }
      HttpResponse<byte[]> large =
          client.send(to("/swagger/swagger-ui-bundle.js").build(), BodyHandlers.ofByteArray());
      assertEquals(200, large.statusCode());
      assertTrue(large.body().length > 1_000_000);
      assertEquals(4, store.submitted.size());
    }
  }

  @Test
  void tls_1_2_and_1_3_are_spoken() throws Exception {
    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
      try (SSLSocket socket = connect(protocol)) {
        socket
            .getOutputStream()
            .write("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(UTF_8));
        byte[] answer = socket.getInputStream().readNBytes(12);
        assertEquals("HTTP/1.1 200", new String(answer, UTF_8));
        assertEquals(protocol, socket.getSession().getProtocol());
      }
    }
  }

  /// A ClientHello that knows TLS 1.1 at the most, as it would be sent.
  @Test
  void tls_1_1_is_refused() throws Exception {
    byte[] hello = new byte[52];
    byte[] head = {0x16, 3, 1, 0, 47, 1, 0, 0, 43, 3, 2};
    System.arraycopy(head, 0, hello, 0, head.length);
    byte[] suite = {0, 0, 2, (byte) 0xc0, 0x09, 1, 0, 0, 0}; // ECDHE-ECDSA-AES128-SHA
    System.arraycopy(suite, 0, hello, 43, suite.length);
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(15_000);
      socket.getOutputStream().write(hello);
      byte[] alert = socket.getInputStream().readNBytes(7);
      assertEquals(0x15, alert[0]); // an alert
      assertEquals(70, alert[6]); // protocol_version
    }
  }

  @Test
  void plain_http_is_not_answered_but_the_process_shows_that_it_lives() throws Exception {
    try (RawConnection connection = new RawConnection(server.port())) {
      connection.send("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThrows(IOException.class, connection::read);
    }
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(15_000);
      socket.getOutputStream().write("GET /health/live HTTP/1.1\r\n\r\n".getBytes(UTF_8));
      assertEquals(0x15, socket.getInputStream().read()); // what src/image/health.c looks for
    }
  }

  @Test
  void a_client_that_is_too_slow_is_cut_off_as_over_plain_http() throws Exception {
    try (SSLSocket socket = connect("TLSv1.3")) {
      long from = System.nanoTime();
      socket
          .getOutputStream()
          .write(
              ("POST /submit HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                      + "Content-Length: 100\r\n\r\n{\"payload\":")
                  .getBytes(UTF_8));
      awaitClosed(socket.getInputStream());
      Duration took = Duration.ofNanos(System.nanoTime() - from);
      assertTrue(took.compareTo(DEADLINE) >= 0, took.toString());
    }
  }

  @Test
  void a_client_that_does_not_end_its_handshake_or_says_nothing_after_it_is_cut_off()
      throws Exception {
    server.close();
    server = started(Duration.ofSeconds(1));
    for (byte[] begin : List.of(new byte[] {}, new byte[] {0x16, 3, 1})) {
      try (RawConnection connection = new RawConnection(server.port())) {
        connection.send(begin).awaitClosed();
      }
    }
    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
      try (SSLSocket socket = connect(protocol)) {
        socket.startHandshake();
        awaitClosed(socket.getInputStream());
      }
    }
  }

  private static void awaitClosed(InputStream in) throws IOException {
    try {
      in.readAllBytes();
    } catch (java.net.SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      assertTrue(String.valueOf(e.getMessage()).length() > 0); // reset: closed as well
    }
  }

  @Test
  void a_renewed_certificate_is_shown_without_a_restart() throws Exception {
    try (HttpClient old = trusting(first);
        HttpClient renewed = trusting(second)) {
      assertEquals(200, status(old));
      assertThrows(SSLHandshakeException.class, () -> status(renewed));

      // One of the two alone is half of a change.
      Files.writeString(certificate, second.certificatePem());
      Eventually.await(
          "told", () -> !log.at(Level.WARNING, "tls certificate is unchanged").isEmpty());
      try (HttpClient again = trusting(first)) {
        assertEquals(200, status(again));
      }
      String told = log.at(Level.WARNING, "tls certificate is unchanged").getFirst();
      assertTrue(told.contains("the private key of the first certificate in"), told);

      Path next = Files.writeString(folder.resolve("next"), second.keyPem());
      Files.move(next, key, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      Eventually.await("told", () -> !log.at(Level.INFO, "serial=" + second.serial()).isEmpty());
      assertEquals(200, status(renewed));
      assertEquals(200, status(old)); // over the connection that it has
      try (HttpClient again = trusting(first)) {
        assertThrows(SSLHandshakeException.class, () -> status(again));
      }
    }
  }

  private int status(HttpClient client) throws IOException, InterruptedException {
    return client.send(to("/health/live").build(), BodyHandlers.ofString()).statusCode();
  }

  @Test
  void a_certificate_that_is_over_is_shown_and_warned_of() throws Exception {
    server.close();
    TestIdentity over =
        TestIdentity.make(folder, "EC", "over", "-startdate", "-9d", "-validity", "3");
    over.write(certificate, key);
    server = started();
    List<String> told = log.at(Level.WARNING, "tls certificate is not valid now");
    assertEquals(1, told.size(), log.all());
    assertTrue(told.getFirst().contains(over.serial()), told.getFirst());
  }

  /// Helidon asks for the name of each client's address; see [NoReverseLookup].
  @Test
  void the_names_of_addresses_are_not_asked_for() throws Exception {
    byte[] loopback = {127, 0, 0, 1};
    assertEquals("127.0.0.1", InetAddress.getByAddress(loopback).getCanonicalHostName());
    assertTrue(InetAddress.getByName("localhost").isLoopbackAddress());
  }
}
