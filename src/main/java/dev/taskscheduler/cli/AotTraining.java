package dev.taskscheduler.cli;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Runs commands against answers of its own, to record the AOT cache of the command line.
///
/// The script `scheduler` runs it once in the background, with `-XX:AOTCacheOutput`. It needs
/// neither a node nor a network, only a port of loopback.
public final class AotTraining {
  private static final String ID = "019aa0e6-5b3c-7000-8000-000000000000";
  private static final String TASK =
      """
      {"id":"%s","status":"completed","state":"completed","priority":"high","type":"log","queue":"default",\
      "attempt":1,"submittedAt":"2026-11-23T08:55:00.717123Z","finishedAt":"2026-11-23T08:55:00.719789Z"}\
      """
          .formatted(ID);
  private static final Map<String, String> ANSWERS =
      Map.of(
          "/leader",
          """
          {"leader":"node1","epoch":1,"elector":"raft","since":"2026-11-23T08:55:00.717123Z","term":1,\
          "peers":[{"id":"node1","address":"127.0.0.1:9000","reachable":true}]}\
          """,
          "/stats",
          """
          {"leader":"node1","tasks":{"ready":1},"ready":{"high":{"tasks":1,"oldestSubmittedAt":\
          "2026-11-23T08:55:00.717123Z"}},"paused":[{"all":true,"since":"2026-11-23T08:55:00.717123Z"}]}\
          """,
          "/queues",
          "{\"queues\":[{\"name\":\"default\",\"ready\":{\"high\":1},\"running\":1,\"settings\":{}}]}",
          "/tasks",
          "{\"tasks\":[" + TASK + "],\"next\":\"x\"}",
          "/schedules",
          "{\"schedules\":[{\"name\":\"a\",\"state\":\"active\",\"sentence\":\"b\"}]}");
  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("leader"),
          List.of("leader", "--output", "json"),
          List.of("submit", "{\"job\":\"demo\"}", "--type", "log", "--priority", "high", "--wait"),
          List.of("status", ID),
          List.of("watch", ID),
          List.of("list", "--limit", "1", "--state", "dead"),
          List.of("retry", ID),
          List.of("cancel", "--all-matching", "--queue", "none", "--yes"),
          List.of("pause", "none"),
          List.of("resume", "none"),
          List.of("queues"),
          List.of("schedules", "list"),
          List.of("stats"),
          List.of("top", "--once"),
          List.of("status", "unknown"),
          List.of("--version"),
          List.of("leader", "--no-such-option"));

  private AotTraining() {}

  public static void main(String[] args) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> serve(server));
      Map<String, String> env =
          Map.of(
              "SCHEDULER_URL",
              "http://127.0.0.1:" + server.getLocalPort(),
              "SCHEDULER_TOKEN",
              "training");
      PrintStream nowhere =
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
      Shell shell = new Shell(env, InputStream.nullInputStream(), nowhere, nowhere, () -> false);
      for (List<String> command : COMMANDS) {
        Commands.run(shell, command.toArray(String[]::new));
      }
    }
  }

  private static void serve(ServerSocket server) {
    while (true) {
      try (Socket client = server.accept()) {
        answer(client);
      } catch (IOException e) {
        if (server.isClosed()) {
          return;
        }
      }
    }
  }

  private static void answer(Socket client) throws IOException {
    var in =
        new BufferedReader(
            new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
    String target = String.valueOf(in.readLine()).split(" ")[1];
    int length = 0;
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
      }
    }
    in.skip(length);
    boolean known = !target.contains("unknown");
    String path = target.split("\\?")[0];
    String body =
        known
            ? ANSWERS.getOrDefault(path, TASK)
            : "{\"title\":\"No such task\",\"status\":404,\"detail\":\"No task has this id.\"}";
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    answer.writeBytes(
        """
        HTTP/1.1 %s\r
        Content-Type: %s\r
        Content-Length: %d\r
        Connection: close\r
        \r
        """
            .formatted(
                known ? "200 OK" : "404 Not Found",
                known ? "application/json" : "application/problem+json",
                bytes.length)
            .getBytes(StandardCharsets.US_ASCII));
    answer.writeBytes(bytes);
    client.getOutputStream().write(answer.toByteArray());
    client.getOutputStream().flush();
  }
}
