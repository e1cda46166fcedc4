package dev.taskscheduler.handlers;

import static dev.taskscheduler.handlers.RestFace.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.PriorityShares;
import dev.taskscheduler.task.redis.RedisTasks;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/// A test of the REST face on a real Redis, with a leader whose calls the test makes itself.
abstract class FaceAndLeader {
  static final FencingToken TOKEN = new FencingToken(7, "0123456789abcdef");
  static final Outcome DIED = new Outcome.Failure("no", false, Optional.empty());

  static final Pattern ID = Pattern.compile("\"id\":\"([0-9a-f-]{36})\"");

  static RestFace face;
  static RedisTasks tasks;
  private static Redis redis;
  private long sequence;

  @BeforeAll
  static void start() throws IOException {
    face = new RestFace();
    redis = face.redisServer.redis(6);
    tasks = new RedisTasks(redis, RestFace.NAMESPACE, RestFace.LIMITS);
  }

  @AfterAll
  static void stop() {
    tasks.close();
    redis.close();
    face.close();
  }

  @BeforeEach
  void empty() {
    try (var jedis = face.redisServer.jedis()) {
      jedis.flushAll();
      jedis.hset(
          "{test}:leader",
          Map.of("epoch", "7", "nonce", TOKEN.nonce(), "node", "node1", "claimSeq", "0"));
    }
  }

  static String id(HttpResponse<byte[]> answer) {
    Matcher matcher = ID.matcher(text(answer));
    assertTrue(matcher.find(), text(answer));
    return matcher.group(1);
  }

  List<Claim> claim(int limit) {
    return tasks.claims().claim(TOKEN, ++sequence, limit, PriorityShares.STRICT).claims();
  }

  static void end(Claim claim, Outcome outcome) {
    tasks.claims().end(TOKEN, claim, outcome).join();
  }

  static HttpResponse<byte[]> put(String target, String body) throws Exception {
    return face.send(
        "PUT",
        target,
        HttpRequest.newBuilder()
            .PUT(BodyPublishers.ofString(body))
            .header("Content-Type", "application/json"));
  }

  /// The body of an answer that is well.
  static String get(String target) throws Exception {
    HttpResponse<byte[]> answer = face.call("GET", target);
    assertEquals(200, answer.statusCode(), text(answer));
    return text(answer);
  }

  static void assertState(String state, String id) throws Exception {
    String answer = text(face.call("GET", "/status?id=" + id));
    assertTrue(answer.contains("\"state\":\"" + state + "\""), answer);
  }
}
