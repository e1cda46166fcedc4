package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.audit.redis.RedisAudit;
import dev.taskscheduler.cluster.ClusterNode;
import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.auth.FailedLogins;
import dev.taskscheduler.handlers.auth.PublicEndpoints;
import dev.taskscheduler.handlers.auth.TokenFile;
import dev.taskscheduler.handlers.auth.TokenFileTest;
import dev.taskscheduler.handlers.tls.Transport;
import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.leader.ElectionStatus;
import dev.taskscheduler.metrics.Meters;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.task.TaskService;
import dev.taskscheduler.task.redis.RedisTasks;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.LogLines;
import dev.taskscheduler.testing.RedisServer;
import dev.taskscheduler.testing.TaskTypes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What each kind of token may do and see, on a real Redis; every answer is held against the API
/// document.
@Timeout(120)
class TokenRightsIT {
  private static final String READ = "looks-8f3a51c07d6e4b92";
  private static final String ALL = "does-c2b94e7710fd4a3e";
  private static final String SUBMIT = "sends-0f7be23a9d1c4658";
  private static final String MAIL = "mails-91d3c05e7ab24f86";
  private static final String METRICS = "counts-5d20be91c7f34a68";
  private static final String LATE = "late-77e0a1b2c3d4e5f6";
  private static final String UNKNOWN = "019aa0e6-5b3c-7000-8000-000000000000";

  @TempDir Path folder;

  private final RedisServer redisServer = new RedisServer();
  private final Redis redis = redisServer.redis(6);
  private final RedisTasks store = new RedisTasks(redis, RestFace.NAMESPACE, RestFace.LIMITS);
  private final RedisAudit audit = new RedisAudit(redis, RestFace.NAMESPACE);
  private final HttpClient client = HttpClient.newHttpClient();
  private final LogLines log = new LogLines("dev.taskscheduler.handlers");
  private final GivenLeader leader = new GivenLeader();
  private Contract contract;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    contract = new Contract();
    Path file = folder.resolve("tokens");
    Files.writeString(
        file,
        TokenFileTest.line("board", "read", READ)
            + TokenFileTest.line("ops", "all", ALL)
            + TokenFileTest.line("shop", "submit", SUBMIT)
            + TokenFileTest.line("mailer", "submit", MAIL).strip()
            + " types=mail expires=2099-01-01T00:00:00Z\n"
            + TokenFileTest.line("prometheus", "metrics", METRICS)
            + TokenFileTest.line("former", "all", LATE).strip()
            + " expires=2020-01-01T00:00:00Z\n");
    Meters meters = TestServers.meters();
    TokenFile.Valid tokens = assertInstanceOf(TokenFile.Valid.class, TokenFile.read(file));
    server =
        TestServers.server(
            TestServers.config(
                1 << 16,
                1 << 16,
                Duration.ofSeconds(10),
                new AccessPolicy.Bearers(tokens, Set.of(PublicEndpoints.values())),
                new Transport.Plain()),
            new Scheduler(
                new TaskService(store.ports(), TaskTypes.of("log", "mail"), meters),
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

  @AfterEach
  void stop() {
    server.close();
    audit.close();
    store.close();
    redis.close();
    redisServer.close();
    client.close();
    log.close();
  }

  private HttpResponse<byte[]> as(String token, String method, String path, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpResponse<byte[]> answer = client.send(request.build(), BodyHandlers.ofByteArray());
    contract.holds(
        method,
        path,
        answer.statusCode(),
        answer.headers().map(),
        method.equals("HEAD") ? null : answer.body());
    return answer;
  }

  private int status(String token, String method, String path) throws Exception {
    return as(token, method, path, "").statusCode();
  }

  private String submitted(String token, String body) throws Exception {
    HttpResponse<byte[]> answer = as(token, "POST", "/submit", body);
    assertEquals(202, answer.statusCode(), RestFace.text(answer));
    return answer.headers().firstValue("Location").orElseThrow();
  }

  @Test
  void a_token_for_submitting_submits_and_asks_for_states_and_does_nothing_else() throws Exception {
    String where = submitted(SUBMIT, "{\"payload\":1}");
    assertEquals(200, status(SUBMIT, "GET", where));
    assertEquals(200, status(SUBMIT, "HEAD", where));
    assertEquals(200, as(SUBMIT, "POST", "/submit/batch", "[{\"payload\":1}]").statusCode());
    String id = where.substring(where.indexOf('=') + 1);
    for (Map.Entry<String, String> route : Paths.ALLOWED.entrySet()) {
      String path = route.getKey().replace("{id}", id).replace("{name}", "tenant-1");
      for (String method : route.getValue().split(", ")) {
        boolean free =
            path.startsWith("/submit")
                || path.equals("/status")
                || path.equals("/token")
                || PublicEndpoints.covers(Set.of(PublicEndpoints.values()), path);
        if (!free) {
          assertEquals(403, status(SUBMIT, method, path), method + " " + path);
        }
      }
    }
    assertEquals(403, status(SUBMIT, "GET", "/nowhere"));
  }

  @Test
  void a_token_learns_what_it_may_do() throws Exception {
    assertEquals(
        "{\"name\":\"board\",\"right\":\"read\"}",
        new String(as(READ, "GET", "/token", "").body(), UTF_8));
    assertEquals(
        "{\"name\":\"mailer\",\"right\":\"submit\",\"types\":[\"mail\"],"
            + "\"expiresAt\":\"2099-01-01T00:00:00.000000Z\"}",
        new String(as(MAIL, "GET", "/token", "").body(), UTF_8));
    assertEquals(401, status("", "GET", "/token"));
    assertEquals(401, status(LATE, "GET", "/token"));
  }

  @Test
  void a_token_for_some_types_submits_and_sees_no_others() throws Exception {
    String mail = submitted(MAIL, "{\"type\":\"mail\",\"payload\":1}");
    assertEquals(200, status(MAIL, "GET", mail));
    String other = submitted(SUBMIT, "{\"payload\":1}");
    HttpResponse<byte[]> hidden = as(MAIL, "GET", other, "");
    assertEquals(404, hidden.statusCode());
    assertEquals(
        RestFace.text(as(MAIL, "GET", "/status?id=" + UNKNOWN, "")), RestFace.text(hidden));
    HttpResponse<byte[]> refused = as(MAIL, "POST", "/submit", "{\"payload\":1}");
    assertEquals(403, refused.statusCode());
    assertTrue(RestFace.text(refused).contains("type-not-allowed"), RestFace.text(refused));
    assertTrue(RestFace.text(refused).contains("must be one of mail"), RestFace.text(refused));
    String batch =
        RestFace.text(
            as(
                MAIL,
                "POST",
                "/submit/batch",
                "[{\"payload\":1},{\"type\":\"mail\",\"payload\":2}]"));
    assertTrue(batch.contains("type-not-allowed"), batch);
    assertTrue(batch.contains("\"accepted\":1,\"duplicates\":0,\"refused\":1"), batch);
    assertEquals(
        3,
        store.ports().queries().counts().ready().values().stream()
            .mapToLong(Long::longValue)
            .sum());
  }

  @Test
  void a_token_for_reading_sees_queues_and_changes_none() throws Exception {
    assertEquals(200, as(READ, "POST", "/schedules/preview", "{\"every\":60}").statusCode());
    assertEquals(403, status(READ, "PUT", "/schedules/s"));
    assertEquals(403, status(READ, "POST", "/schedules/s/trigger"));
    assertEquals(200, status(READ, "GET", "/queues/mails"));
    assertEquals(403, status(READ, "PUT", "/queues/mails"));
    assertEquals(403, status(READ, "DELETE", "/queues/mails"));
    assertEquals(403, status(READ, "POST", "/queues/m%2A/pause"));
  }

  @Test
  void a_token_for_reading_previews_schedules_and_changes_none() throws Exception {
    String body = "{\"cron\":\"0 9 * * *\"}";
    assertEquals(200, as(READ, "POST", "/schedules/preview", body).statusCode());
    assertEquals(403, as(READ, "PUT", "/schedules/s", body).statusCode());
    assertEquals(403, as(READ, "POST", "/schedules/s/trigger", "").statusCode());
  }

  @Test
  void a_token_for_metrics_sees_no_tasks() throws Exception {
    assertEquals(200, status(METRICS, "GET", "/metrics"));
    assertEquals(200, status(METRICS, "GET", "/health"));
    for (String path : List.of("/tasks", "/stats", "/leader", "/status?id=" + UNKNOWN)) {
      assertEquals(403, status(METRICS, "GET", path), path);
    }
    assertEquals(403, as(METRICS, "POST", "/submit", "{\"payload\":1}").statusCode());
    assertEquals(403, status(METRICS, "POST", "/pause"));
  }

  @Test
  void an_expired_token_is_refused_and_wrong_ones_are_counted_and_limited_and_right_ones_pass()
      throws Exception {
    double expired = failed("expired");
    double unknown = failed("unknown");
    HttpResponse<byte[]> late = as(LATE, "GET", "/leader", "");
    assertEquals(401, late.statusCode());
    assertTrue(RestFace.text(late).contains("expired"), RestFace.text(late));
    for (int i = 1; i < FailedLogins.MOST; i++) {
      assertEquals(401, status("wrong-" + i, "GET", "/leader"));
    }
    HttpResponse<byte[]> limited = as("wrong-0", "GET", "/leader", "");
    assertEquals(429, limited.statusCode());
    long wait = Long.parseLong(limited.headers().firstValue("Retry-After").orElseThrow());
    assertTrue(wait > 0 && wait <= 61, "waits " + wait);
    assertEquals(200, status(READ, "GET", "/leader"));
    assertEquals(200, status("wrong-0", "GET", "/health")); // open
    assertEquals(401, status("", "GET", "/leader")); // none is not a wrong one
    assertEquals(1, failed("expired") - expired);
    assertEquals(FailedLogins.MOST + 1, failed("unknown") - unknown);
    assertEquals(1, log.at(Level.WARNING, "too many wrong api tokens").size(), log.all());
  }

  private double failed(String reason) throws Exception {
    return RestFace.text(as(METRICS, "GET", "/metrics", ""))
        .lines()
        .filter(
            line -> line.startsWith("scheduler_failed_logins_total{reason=\"" + reason + "\"} "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void the_name_of_a_token_stands_in_the_log_of_what_it_changed_and_the_token_never()
      throws Exception {
    String where = submitted(SUBMIT, "{\"payload\":1}");
    String id = where.substring(where.indexOf('=') + 1);
    assertEquals(200, status(ALL, "POST", "/pause?priority=low"));
    assertEquals(200, status(ALL, "POST", "/resume"));
    assertEquals(200, status(ALL, "POST", "/tasks/retry"));
    assertEquals(200, status(ALL, "POST", "/tasks/cancel?tag=none"));
    assertEquals(200, status(ALL, "POST", "/tasks/delete?state=dead"));
    for (String path : List.of("/tasks/cancel?tag=none", "/tasks/delete?state=dead")) {
      assertEquals(403, status(SUBMIT, "POST", path), path);
    }
    assertEquals(200, status(ALL, "DELETE", "/tasks/" + id));
    leader.ledBy("node1", true);
    assertEquals(202, status(ALL, "POST", "/leader/resign"));
    assertEquals(
        List.of(
            "INFO command=pause priority=low by=ops",
            "INFO command=resume all=true by=ops",
            "INFO command=retry state=dead retried=0 refused=0 by=ops",
            "INFO command=cancel state=ready,retrying,scheduled tag=none cancelled=0 cancelling=0 refused=0 by=ops",
            "INFO command=delete state=dead deleted=0 refused=0 by=ops",
            "INFO command=resign node=node1 by=ops"),
        log.at(Level.INFO, "command="));
    assertEquals(1, log.at(Level.FINE, "task=" + id + " submitted by=shop").size(), log.all());
    assertEquals(1, log.at(Level.INFO, "task=" + id + " cancelled by=ops").size(), log.all());
    for (String token : List.of(ALL, SUBMIT)) {
      assertFalse(log.all().contains(token));
    }
  }

  @Test
  void the_audit_has_who_changed_what_once_for_each_request_and_only_full_rights_read_it()
      throws Exception {
    String where = submitted(SUBMIT, "{\"payload\":1}");
    String id = where.substring(where.indexOf('=') + 1);
    assertEquals(200, as(ALL, "PUT", "/queues/mails", "{\"concurrency\":3}").statusCode());
    assertEquals(200, as(ALL, "POST", "/queues/m%2A/pause", "{\"note\":\"secret\"}").statusCode());
    assertEquals(200, status(ALL, "POST", "/tasks/retry"));
    assertEquals(200, status(ALL, "DELETE", "/tasks/" + id));
    assertEquals(409, status(ALL, "DELETE", "/tasks/" + id)); // changed nothing
    Eventually.await("the last is kept", () -> audit.newest(OptionalLong.empty(), 10).size() == 4);
    String all = RestFace.text(as(ALL, "GET", "/audit", ""));
    assertTrue(
        all.replaceAll("\"at\":\"[^\"]+\"", "\"at\":\"\"")
            .startsWith(
                "{\"entries\":[{\"number\":4,\"at\":\"\",\"by\":\"ops\",\"address\":\"127.0.0.1\","
                    + "\"node\":\"node1\",\"action\":\"cancel\",\"details\":{\"task\":\""
                    + id
                    + "\",\"result\":\"cancelled\"}},"),
        all);
    assertTrue(
        all.contains(
            "\"action\":\"retry\",\"details\":{\"state\":\"dead\",\"retried\":\"0\",\"refused\":\"0\"}"),
        all);
    assertTrue(all.contains("\"action\":\"pause\",\"details\":{\"queue\":\"m*\"}"), all);
    assertTrue(all.contains("\"action\":\"put-queue\",\"details\":{\"queue\":\"mails\"}"), all);
    assertFalse(all.contains("secret") || all.contains(ALL), all);
    String page = RestFace.text(as(ALL, "GET", "/audit?limit=1&cursor=3", ""));
    assertTrue(page.contains("\"number\":2,") && page.endsWith("\"next\":\"2\"}"), page);
    assertEquals(400, status(ALL, "GET", "/audit?cursor=0"));
    assertEquals(400, status(ALL, "GET", "/audit?limit=1001"));
    for (String token : List.of(READ, SUBMIT, METRICS)) {
      assertEquals(403, status(token, "GET", "/audit"));
      assertEquals(403, status(token, "HEAD", "/audit"));
    }
    assertEquals(401, status("", "GET", "/audit"));
  }

  @Test
  void without_a_token_that_may_read_no_text_names_an_address_a_user_or_a_member()
      throws Exception {
    leader.ledBy("node1", true);
    leader.problem = Optional.of("redis://scheduler@10.9.8.7 refuses node1.internal");
    leader.election =
        Optional.of(
            new ElectionStatus(
                7,
                Optional.of("node2"),
                List.of(new ElectionStatus.Peer("node2", "10.9.8.7:9000", true)),
                Optional.empty()));
    leader.nodes =
        Map.of("node2", new ClusterNode("node2", "10.9.8.7:8080", "0.1.0", Instant.EPOCH));
    assertTrue(health(READ).contains("10.9.8.7:9000"), health(READ));
    assertTrue(health(READ).contains("10.9.8.7:8080"), health(READ));
    assertTrue(health(READ).contains("node1.internal"), health(READ));
    assertTrue(health(READ).contains(":" + redisServer.port()), health(READ));
    for (String token : List.of("", METRICS, SUBMIT, "wrong")) {
      String said = health(token);
      assertFalse(said.contains("10.9.8.7") || said.contains("internal"), said);
      assertFalse(said.contains("node2"), said);
      assertFalse(said.contains(":" + redisServer.port()), said);
      assertTrue(said.contains("\"problem\""), said);
    }
    String address = "localhost:" + redisServer.port();
    redisServer.kill();
    Eventually.await("noticed", () -> !store.ports().health().get().available());
    for (String token : List.of("", METRICS, SUBMIT)) {
      String said = health(token);
      assertFalse(said.contains("localhost") || said.contains("127.0.0.1"), said);
    }
    assertTrue(health(READ).contains(String.valueOf(redisServer.port())), health(READ));
    String submit =
        new String(as(SUBMIT, "POST", "/submit", "{\"payload\":1}").body(), UTF_8)
            + RestFace.text(as(SUBMIT, "GET", "/status?id=" + UNKNOWN, ""));
    assertTrue(submit.contains("503"), submit);
    assertFalse(submit.contains(String.valueOf(redisServer.port())), address + " in " + submit);
    assertFalse(submit.contains("localhost") || submit.contains("127.0.0.1"), submit);
  }

  private String health(String token) throws Exception {
    return RestFace.text(as(token, "GET", "/health", ""));
  }
}
