package dev.taskscheduler.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Starts, asks and stops one redis-server.
///
/// It makes itself a daemon: in a session of its own, a Ctrl-C at the terminal does not reach it,
/// and the nodes can still drain into it.
final class RedisProcess {
  private static final Duration START_LIMIT = Duration.ofSeconds(30); // reads its data first
  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
  private static final int ATTEMPTS =
      3; // a free port may be taken by another before redis binds it
  private static final int ASK_LIMIT_MS = 1_000;
  private static final Pattern PROCESS_ID = Pattern.compile("process_id:(\\d+)");

  private static final Pattern LOG_LINE = Pattern.compile("(\\d{1,18}):[A-Z] ");

  private RedisProcess() {}

  /// A server that answers.
  record Started(Proc process, int port) {}

  static Started start(RedisBinary binary, Path folder) throws IOException, InterruptedException {
    String why = "";
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = freePort();
      Path log = folder.resolve("redis.log");
      Files.writeString(log, "");
      String said = launch(command(binary, folder, port));
      Optional<Started> started = said.isEmpty() ? await(folder, port) : Optional.empty();
      if (started.isPresent()) {
        return started.get();
      }
      why = said + Files.readString(log);
      if (!why.contains("in use")) {
        break;
      }
    }
    throw new LocalException(
        "redis-server " + binary.version() + " (" + binary.file() + ") did not start:\n" + why);
  }

  private static List<String> command(RedisBinary binary, Path folder, int port) {
    // Its settings from the command line: a file would need quoting of its own.
    return List.of(
        binary.file().toString(),
        "--port",
        String.valueOf(port),
        "--bind",
        "127.0.0.1",
        "--daemonize",
        "yes",
        "--pidfile",
        folder.resolve("redis.pid").toString(),
        "--logfile",
        folder.resolve("redis.log").toString(),
        "--dir",
        folder.resolve("data").toString(),
        "--appendonly",
        "yes",
        "--appendfsync",
        "everysec",
        "--maxmemory-policy",
        "noeviction",
        "--save",
        "");
  }

  /// What it said before it made itself a daemon: nothing if all went well.
  private static String launch(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return "it did not go to the background\n" + said;
    }
    return process.exitValue() == 0 ? "" : said + "exit status " + process.exitValue() + "\n";
  }

  private static Optional<Started> await(Path folder, int port)
      throws IOException, InterruptedException {
    Path log = folder.resolve("redis.log");
    boolean ready = until(START_LIMIT, () -> ask(port, "PING", "+PONG").isPresent() || ended(log));
    Optional<Long> pid = processAt(port);
    if (!ready || pid.isEmpty() || ask(port, "PING", "+PONG").isEmpty()) {
      return Optional.empty();
    }
    return ProcessHandle.of(pid.get()).map(handle -> new Started(Proc.of(handle), port));
  }

  /// Whether the daemon has died. Its pid is known from its log alone until it has written its pid
  /// file, which it does only once all is well.
  private static boolean ended(Path log) {
    try {
      return Files.readString(log)
          .lines()
          .map(LOG_LINE::matcher)
          .filter(Matcher::lookingAt)
          .reduce((first, last) -> last)
          .map(line -> ProcessHandle.of(Long.parseLong(line.group(1))))
          .filter(handle -> handle.isEmpty() || !Proc.of(handle.get()).alive())
          .isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Whether `process` is the redis-server that answers on `port`. One that is alive but busy is
  /// waited for.
  static boolean answersSoon(Proc process, int port) throws InterruptedException {
    until(START_LIMIT, () -> !process.alive() || ask(port, "PING", "+PONG").isPresent());
    return process.alive() && processAt(port).filter(pid -> pid == process.pid()).isPresent();
  }

  /// Stops what a start that was cut short left on the data: two servers would spoil it.
  static void stopLeftBehind(Path folder) throws IOException, InterruptedException {
    Path pidFile = folder.resolve("redis.pid");
    if (!Files.exists(pidFile)) {
      return;
    }
    String pid = Files.readString(pidFile).strip();
    Optional<ProcessHandle> left =
        pid.matches("\\d{1,18}") ? ProcessHandle.of(Long.parseLong(pid)) : Optional.empty();
    boolean redis =
        left.flatMap(handle -> handle.info().command())
            .filter(command -> command.contains("redis"))
            .isPresent(); // and not a later process of the same number
    if (left.isPresent() && redis) {
      stop(Proc.of(left.get()));
    }
    Files.deleteIfExists(pidFile);
  }

  private static Optional<Long> processAt(int port) {
    return ask(port, "INFO server", "process_id:")
        .map(PROCESS_ID::matcher)
        .filter(matcher -> matcher.find())
        .map(matcher -> Long.valueOf(matcher.group(1)));
  }

  /// Asks in Redis's inline form: the answer up to the end of the line with `expected`; empty if
  /// that does not come.
  private static Optional<String> ask(int port, String command, String expected) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ASK_LIMIT_MS);
      socket.setSoTimeout(ASK_LIMIT_MS);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      var answer = new StringBuilder();
      var in = socket.getInputStream();
      byte[] some = new byte[8_192];
      for (int n = in.read(some); n > 0 && answer.length() < 65_536; n = in.read(some)) {
        answer.append(new String(some, 0, n, StandardCharsets.US_ASCII));
        int at = answer.indexOf(expected);
        if (at >= 0 && answer.indexOf("\r\n", at) >= 0) {
          return Optional.of(answer.toString());
        }
        if (answer.charAt(0) == '-') {
          return Optional.empty();
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Ends it, by force if it takes too long; its data is on disk either way.
  static void stop(Proc process) throws InterruptedException {
    process.handle().ifPresent(ProcessHandle::destroy);
    if (!until(STOP_LIMIT, () -> !process.alive())) {
      process.handle().ifPresent(ProcessHandle::destroyForcibly);
      until(STOP_LIMIT, () -> !process.alive());
    }
  }

  private static boolean until(Duration limit, BooleanSupplier done) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return true;
  }
}
