package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.audit.redis.RedisAudit;
import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.metrics.GaugeSources;
import dev.taskscheduler.metrics.Meters;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.spi.PayloadError;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.task.TaskService;
import dev.taskscheduler.task.redis.RedisTasks;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The whole face on a real Redis, and a client that holds every answer against the API document.
final class RestFace implements AutoCloseable {
  static final long MAX_PENDING = 1_000;
  static final Namespace NAMESPACE = new Namespace("test");
  static final TaskLimits LIMITS =
      new TaskLimits(MAX_PENDING, 5, Duration.ofHours(1), 1_000, 1_000);

  final GivenLeader leader = new GivenLeader();
  final RedisServer redisServer = new RedisServer();

  /// Type `strict` refuses every payload that is not an empty object.
  private static final Map<String, TaskService.PayloadCheck> CHECKS =
      Map.of(
          "log",
          _ -> List.of(),
          "strict",
          payload ->
              payload.length == 2 ? List.of() : List.of(new PayloadError("/ms", "is unknown")));

  final HttpClient client = HttpClient.newHttpClient();
  private final Redis redis = redisServer.redis(6);
  private final RedisTasks store = new RedisTasks(redis, NAMESPACE, LIMITS);
  private final RedisAudit audit = new RedisAudit(redis, NAMESPACE);
  private final HttpServer server;
  private final Contract contract;

  RestFace() throws IOException {
    contract = new Contract();
    Meters meters = TestServers.meters();
    meters.gauges(
        new GaugeSources(
            Optional::empty, () -> 0, Optional::empty, Set::of, store.ports().health()));
    server =
        TestServers.server(
            TestServers.config(1 << 16, 1 << 24, Duration.ofSeconds(10)),
            new Scheduler(
                new TaskService(store.ports(), CHECKS, meters),
                store.queues(),
                store.schedules(),
                Optional.empty(),
                leader,
                Map::of,
                () -> 0,
                audit,
                store.cluster(),
                4),
            meters,
            meters.feature());
    server.start(() -> {});
  }

  /// Its node is about to stop.
  void drain() {
    server.drain();
  }

  void stop() {
    server.stop();
  }

  URI uri(String target) {
    return URI.create("http://127.0.0.1:" + server.port() + target);
  }

  HttpResponse<byte[]> send(String method, String target, HttpRequest.Builder builder)
      throws Exception {
    HttpResponse<byte[]> answer =
        client.send(
            builder.uri(uri(target)).build(),
            target.equals(Paths.EVENTS) ? EventReader.FIRST : BodyHandlers.ofByteArray());
    contract.holds(
        method,
        target,
        answer.statusCode(),
        answer.headers().map(),
        method.equals("HEAD") ? null : answer.body());
    return answer;
  }

  HttpResponse<byte[]> call(String method, String target) throws Exception {
    return send(method, target, HttpRequest.newBuilder().method(method, BodyPublishers.noBody()));
  }

  /// @param headers names and values, in turns
  HttpResponse<byte[]> post(String target, byte[] body, String type, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder()
            .POST(BodyPublishers.ofByteArray(body))
            .header("Content-Type", type);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send("POST", target, request);
  }

  HttpResponse<byte[]> post(String target, String body, String... headers) throws Exception {
    return post(target, body.getBytes(UTF_8), "application/json", headers);
  }

  static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), UTF_8);
  }

  @Override
  public void close() {
    server.close();
    audit.close();
    store.close();
    redis.close();
    redisServer.close();
    client.close();
  }
}
