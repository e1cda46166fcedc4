package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.Main;
import dev.taskscheduler.ProbeNode;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.NetworkHost;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A node in a process of its own, on a free port.
final class NodeProcess implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("[ \"]http started host=\\S+ port=(\\d+)");
  private static final Pattern ID = Pattern.compile("\"id\":\\s*\"([^\"]+)\"");
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final Pattern LEADER = Pattern.compile("\"leader\":\\s*\"([^\"]+)\"");
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private final NetworkHost host;
  private final String id;
  private final Process process;
  private final Thread reader;
  private final List<String> output = new CopyOnWriteArrayList<>();
  private volatile int port;

  /// A node that writes down what its pool does.
  ///
  /// @param environment beside `NODE_ID`, `LISTEN_ADDR` and `PROBE_FILE`
  NodeProcess(NetworkHost host, String id, Path probeFile, Map<String, String> environment) {
    this(host, id, ProbeNode.class, "", with(environment, "PROBE_FILE", probeFile.toString()));
  }

  /// The program as it is delivered.
  ///
  /// @param environment beside `NODE_ID`, and `LISTEN_ADDR` where it does not matter
  static NodeProcess program(String id, Map<String, String> environment) {
    return new NodeProcess(NetworkHost.HERE, id, Main.class, "", environment);
  }

  /// The program with one more jar on its class path.
  static NodeProcess programWith(Path jar, String id, Map<String, String> environment) {
    return new NodeProcess(NetworkHost.HERE, id, Main.class, File.pathSeparator + jar, environment);
  }

  /// A program that may have so many files open, sockets among them.
  static NodeProcess limited(
      int files, Class<?> program, String id, Map<String, String> environment) {
    NetworkHost host =
        new NetworkHost(
            NetworkHost.HERE.address(),
            List.of("sh", "-c", "ulimit -n " + files + "; exec \"$0\" \"$@\""));
    return new NodeProcess(host, id, program, "", environment);
  }

  private static Map<String, String> with(
      Map<String, String> environment, String name, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(name, value);
    return more;
  }

  private NodeProcess(
      NetworkHost host,
      String id,
      Class<?> program,
      String moreClassPath,
      Map<String, String> environment) {
    this.host = host;
    this.id = id;
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            host.in(
                List.of(
                    java,
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx128m",
                    "-XX:+ExitOnOutOfMemoryError", // as in the image
                    "-cp",
                    System.getProperty("java.class.path") + moreClassPath,
                    program.getName())));
    Map<String, String> env = new HashMap<>(environment);
    env.put("NODE_ID", id);
    env.putIfAbsent("LISTEN_ADDR", host.address() + ":0");
    env.putIfAbsent("CONSENSUS_TYPE", "redis");
    builder.environment().putAll(env);
    builder.redirectErrorStream(true);
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    reader = Thread.ofPlatform().daemon().start(this::read);
  }

  private void read() {
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        output.add(line);
        Matcher matcher = PORT.matcher(line);
        if (matcher.find()) {
          port = Integer.parseInt(matcher.group(1));
        }
      }
    } catch (IOException e) {
      output.add("output ends: " + e);
    }
  }

  String id() {
    return id;
  }

  /// All that it wrote so far.
  String output() {
    return String.join("\n", output);
  }

  /// What it wrote at a level, or with other words.
  List<String> lines(String words) {
    return output.stream().filter(line -> line.contains(words)).toList();
  }

  NodeProcess awaitReady() {
    return await("is ready", () -> status("GET", "/health/ready", "") == 200);
  }

  NodeProcess awaitNotReady() {
    return await("is not ready", () -> status("GET", "/health/ready", "") == 503);
  }

  NodeProcess awaitLive() {
    return await("is live", () -> status("GET", "/health/live", "") == 200);
  }

  NodeProcess awaitLeads() {
    return await("leads", () -> health().contains("\"is_leader\":true"));
  }

  NodeProcess awaitFollows() {
    return await("does not lead", () -> health().contains("\"is_leader\":false"));
  }

  NodeProcess awaitLine(String words) {
    return await("writes " + words, () -> !lines(words).isEmpty());
  }

  /// Waits for something that the running process is to do.
  NodeProcess await(String what, BooleanSupplier condition) {
    try {
      Eventually.await(
          id + " " + what,
          LIMIT,
          () -> {
            if (!process.isAlive()) {
              throw new AssertionError(id + " ended");
            }
            return port != 0 && condition.getAsBoolean();
          });
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + health() + "\n" + output(), e);
    }
    return this;
  }

  /// The body of `GET /health`, whatever its status; empty while nothing answers.
  String health() {
    return body("/health");
  }

  /// What `GET /status` says of a task; empty while nothing answers.
  String task(String task) {
    return body("/status?id=" + task);
  }

  private String body(String path) {
    try {
      return port == 0 ? "" : call("GET", path, "").body();
    } catch (IOException e) {
      return "";
    }
  }

  HttpResponse<String> submit(String type, String payload) throws IOException {
    String body = "{\"type\":\"%s\",\"payload\":%s}";
    return call("POST", "/submit", body.formatted(type, payload));
  }

  /// Submits a task that is to be accepted.
  ///
  /// @return its id
  String accepted(String type, String payload) throws IOException {
    HttpResponse<String> answer = submit(type, payload);
    assertEquals(202, answer.statusCode(), () -> answer.body() + "\n" + output());
    return id(answer);
  }

  /// The id in the answer to a submission.
  static String id(HttpResponse<String> answer) {
    Matcher matcher = ID.matcher(answer.body());
    assertTrue(matcher.find(), answer.body());
    return matcher.group(1);
  }

  /// Waits until a task is in a state.
  ///
  /// @return what `GET /status` says of it then
  String awaitState(String task, String state) {
    AtomicReference<String> seen = new AtomicReference<>("");
    await(
        task + " is " + state,
        () -> {
          seen.set(task(task));
          return seen.get().contains("\"state\":\"" + state + "\"");
        });
    return seen.get();
  }

  /// The node that leads as this one sees it; empty text while there is none.
  String leader() {
    try {
      Matcher matcher = LEADER.matcher(call("GET", "/leader", "").body());
      return matcher.find() ? matcher.group(1) : "";
    } catch (IOException e) {
      return "";
    }
  }

  int status(String method, String path, String body) {
    try {
      return call(method, path, body).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  HttpResponse<String> call(String method, String path, String body) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + host.address() + ":" + port + path))
            .timeout(Duration.ofSeconds(15))
            .header("Content-Type", "application/json")
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The HTTP port; 0 until it is open.
  int port() {
    return port;
  }

  boolean alive() {
    return process.isAlive();
  }

  /// `KILL` and `TERM` are sent by this process itself, for a child would take its time.
  void signal(String name) {
    if (name.equals("KILL")) {
      process.toHandle().destroyForcibly();
      return;
    }
    if (name.equals("TERM")) {
      process.toHandle().destroy(); // Process.destroy would close its output as well
      return;
    }
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill -" + name + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Waits until the process and its output have ended.
  int awaitExit() {
    int status = process.onExit().orTimeout(60, TimeUnit.SECONDS).join().exitValue();
    try {
      reader.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return status;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    awaitExit();
  }
}
