package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.auth.PublicEndpoints;
import dev.taskscheduler.handlers.auth.TokenFile;
import dev.taskscheduler.handlers.auth.TokenFileTest;
import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.metrics.Meters;
import dev.taskscheduler.testing.LogLines;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A server whose callers need tokens from a file; every answer is checked against the API
/// document.
abstract class AccessFixture {
  static final String UNKNOWN = "019aa0e6-5b3c-7000-8000-000000000000";
  static final String READ = "looks-8f3a51c07d6e4b92";
  static final String ALL = "does-c2b94e7710fd4a3e";
  static final String REALM = "Bearer realm=\"task-scheduler\"";
  static final Set<String> PROBES = Set.of("/health/live", "/health/ready");
  static final Set<PublicEndpoints> DEFAULT = Set.of(PublicEndpoints.values());
  static final String GOOD = "{\"payload\":1}";

  @TempDir Path folder;

  final MemoryStore store = new MemoryStore();
  final HttpClient client = HttpClient.newHttpClient();
  final LogLines log = new LogLines("dev.taskscheduler.handlers");
  Contract contract;
  Path file;
  HttpServer server;

  @BeforeEach
  void write() throws IOException {
    contract = new Contract();
    file = folder.resolve("tokens");
    Files.writeString(
        file, TokenFileTest.line("board", "read", READ) + TokenFileTest.line("ops", "all", ALL));
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
    log.close();
  }

  void start(Set<PublicEndpoints> open) {
    TokenFile.Valid tokens = assertInstanceOf(TokenFile.Valid.class, TokenFile.read(file));
    start("127.0.0.1", new AccessPolicy.Bearers(tokens, open));
  }

  void start(String host, AccessPolicy access) {
    Meters meters = TestServers.meters();
    server =
        TestServers.server(
            TestServers.config(host, access, TestServers.ANY_HOST),
            TestServers.scheduler(store),
            meters,
            meters.feature());
    server.start(() -> {});
  }

  HttpResponse<byte[]> call(String method, String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:"
                        + server.port()
                        + path.replace("{id}", UNKNOWN).replace("{name}", "mails")))
            .header("Content-Type", "application/json")
            .method(
                method,
                method.equals("POST") ? BodyPublishers.ofString(GOOD) : BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<byte[]> answer =
        client.send(
            request.build(),
            path.equals(Paths.EVENTS) ? EventReader.FIRST : BodyHandlers.ofByteArray());
    contract.holds(
        method,
        path,
        answer.statusCode(),
        answer.headers().map(),
        method.equals("HEAD") ? null : answer.body());
    return answer;
  }

  HttpResponse<byte[]> as(String token, String method, String path) throws Exception {
    return call(method, path, "Authorization", "Bearer " + token);
  }

  /// The status of a page's file, of which the document does not tell.
  int page(String path) throws IOException {
    try (RawConnection connection = new RawConnection(server.port())) {
      return connection.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n").read().status();
    }
  }

  static String challenge(HttpResponse<byte[]> answer) {
    return answer.headers().firstValue("WWW-Authenticate").orElse("");
  }
}
