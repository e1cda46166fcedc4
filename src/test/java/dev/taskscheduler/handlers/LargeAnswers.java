package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.tls.TlsIdentity;
import dev.taskscheduler.handlers.tls.Transport;
import dev.taskscheduler.metrics.Meters;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskDetails;
import dev.taskscheduler.task.TaskService;
import dev.taskscheduler.testing.TaskTypes;
import dev.taskscheduler.testing.TestIdentity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Asks a server of its own for every answer that can be large, as a client that reads slowly, and
/// looks whether it came whole. Also a program, to be run where the link is another one.
final class LargeAnswers implements AutoCloseable {
  private static final int TASKS = 10_000;
  private static final int WINDOW = 16 * 1024;
  private static final int PIPELINED = 6; // of 1.7 MB each
  private static final int PART = 64 * 1024;
  private static final Duration PAUSE = Duration.ofMillis(5); // after each part that was read
  private static final int LIMIT_MS = 20_000;
  private static final String BUNDLE = "/swagger/swagger-ui-bundle.js";
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: ([0-9]+)\r\n");

  private final @Nullable TestIdentity identity;
  private final Path folder;
  private final HttpServer server;
  private final MemoryStore store = new MemoryStore();

  /// @param identity of a server that speaks TLS; null for a plain one
  LargeAnswers(@Nullable TestIdentity identity, Path folder) throws Exception {
    this.identity = identity;
    this.folder = folder;
    Meters meters = TestServers.meters();
    server =
        TestServers.server(
            TestServers.config(
                1 << 20, 1 << 24, Duration.ofSeconds(30), new AccessPolicy.Everyone(), transport()),
            new Scheduler(
                new TaskService(store.ports(), TaskTypes.of("log"), meters),
                store.queues,
                store.schedules,
                Optional.empty(),
                new GivenLeader(),
                Map::of,
                () -> 0,
                new MemoryAudit(),
                store,
                4),
            meters,
            meters.feature());
    server.start(() -> {});
  }

  private Transport transport() throws Exception {
    if (identity == null) {
      return new Transport.Plain();
    }
    Path certificate = folder.resolve("tls.crt");
    Path key = folder.resolve("tls.key");
    identity.write(certificate, key);
    return TlsIdentity.read(certificate, key) instanceof TlsIdentity.Valid sound
        ? new Transport.Encrypted(sound)
        : new Transport.Plain();
  }

  /// @throws IllegalStateException if one of them did not come whole
  void check() throws Exception {
    String batch = new String(whole("POST", "/submit/batch"), UTF_8);
    if (batch.split("\"id\":", -1).length - 1 != TASKS) {
      throw new IllegalStateException("ids are missing from the answer to a batch");
    }
    String details = new String(whole("GET", "/tasks/" + withLargePayload()), UTF_8);
    if (details.length() < 1 << 20) {
      throw new IllegalStateException("the payload is not whole");
    }
    byte[] bundle = whole("GET", BUNDLE);
    try (InputStream in = LargeAnswers.class.getResourceAsStream(resource())) {
      if (in == null || !Arrays.equals(in.readAllBytes(), bundle)) {
        throw new IllegalStateException(BUNDLE + " is not what was sent");
      }
    }
    pipelined();
    for (String path :
        List.of(
            "/swagger/swagger-ui.css",
            "/swagger/doc.json",
            "/openapi",
            "/openapi?format=json",
            "/tasks",
            "/metrics")) {
      whole("GET", path);
    }
  }

  /// @return its id
  private String withLargePayload() {
    Task task = store.tasks.values().iterator().next();
    byte[] payload = ("\"" + "x".repeat((1 << 20) - 2) + "\"").getBytes(UTF_8);
    store.details.put(
        task.id(),
        new TaskDetails(
            task,
            store.submitted.get(task.id()).options(),
            0,
            List.of(),
            payload,
            new byte[] {},
            false,
            Optional.empty()));
    return task.id();
  }

  private static String resource() throws IOException {
    try (InputStream in =
        LargeAnswers.class.getResourceAsStream(
            "/META-INF/maven/org.webjars/swagger-ui/pom.properties")) {
      java.util.Properties properties = new java.util.Properties();
      properties.load(in);
      return "/META-INF/resources/webjars/swagger-ui/"
          + properties.getProperty("version")
          + "/swagger-ui-bundle.js";
    }
  }

  /// As many at once as no buffer of this machine holds, so that the server's writes are cut short.
  private void pipelined() throws Exception {
    String request = "GET " + BUNDLE + " HTTP/1.1\r\nHost: h\r\n";
    byte[] answers;
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write((request + "\r\n").repeat(PIPELINED - 1).getBytes(ISO_8859_1));
      out.write((request + "Connection: close\r\n\r\n").getBytes(ISO_8859_1));
      out.flush();
      answers = slowly(socket.getInputStream());
    }
    String text = new String(answers, ISO_8859_1);
    int at = 0;
    for (int i = 0; i < PIPELINED; i++) {
      Matcher length = LENGTH.matcher(text);
      if (!text.startsWith("HTTP/1.1 200 ", at) || !length.find(at)) {
        throw new IllegalStateException("answer " + i + " does not begin where one should");
      }
      at = text.indexOf("\r\n\r\n", at) + 4 + Integer.parseInt(length.group(1));
    }
    if (at != answers.length) {
      throw new IllegalStateException(answers.length + " bytes of " + at + " in one connection");
    }
  }

  private byte[] whole(String method, String path) throws Exception {
    String body = method.equals("POST") ? "{\"payload\":1}\n".repeat(TASKS) : "";
    String request =
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\n"
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    byte[] answer;
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(ISO_8859_1));
      out.flush();
      answer = slowly(socket.getInputStream());
    }
    String text = new String(answer, ISO_8859_1);
    int head = text.indexOf("\r\n\r\n") + 4;
    Matcher length = LENGTH.matcher(text.substring(0, head));
    if (!text.startsWith("HTTP/1.1 200 ") || !length.find()) {
      throw new IllegalStateException(path + ": " + text.substring(0, head));
    }
    int came = answer.length - head;
    if (came != Integer.parseInt(length.group(1))) {
      throw new IllegalStateException(path + ": " + came + " bytes of " + length.group(1));
    }
    return Arrays.copyOfRange(answer, head, answer.length);
  }

  private Socket connect() throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(WINDOW);
    socket.setSoTimeout(LIMIT_MS);
    socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
    return identity == null
        ? socket
        : identity
            .trusting()
            .getSocketFactory()
            .createSocket(socket, "127.0.0.1", server.port(), true);
  }

  private static byte[] slowly(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part = in.readNBytes(PART); part.length > 0; part = in.readNBytes(PART)) {
      all.writeBytes(part);
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    return all.toByteArray();
  }

  @Override
  public void close() {
    server.close();
  }

  /// Plain and over TLS; status 1 and what is wrong if an answer did not come whole.
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    int status = 0;
    for (TestIdentity identity : Arrays.asList(null, TestIdentity.make(folder, "EC", "large"))) {
      try (LargeAnswers answers = new LargeAnswers(identity, folder)) {
        answers.check();
      } catch (Exception e) {
        System.out.println(e);
        status = 1;
      }
    }
    System.exit(status); // whatever still runs
  }
}
