package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.HttpTarget;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;

/// Nodes whose Redis user has the rights that docs/operations.md names, or one less.
@Timeout(120)
class RedisRightsIT {
  /// The documented line, without its first word.
  private static String rights() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("docs/operations.md"))) {
      return lines
          .map(String::strip)
          .filter(line -> line.startsWith("user scheduler on >secret "))
          .findFirst()
          .orElseThrow();
    }
  }

  private static NodeProcess node(String id, RedisServer redis) {
    return NodeProcess.program(
        id,
        Map.of(
            "REDIS_ADDR",
            "redis://scheduler:secret@" + redis.address(),
            "LEASE_TTL",
            "1s",
            "HTTP_ALLOW_PRIVATE",
            "127.0.0.1"));
  }

  private static String accepted(NodeProcess node, String task) throws IOException {
    HttpResponse<String> answer = node.call("POST", "/submit", task);
    assertEquals(202, answer.statusCode(), answer::body);
    return NodeProcess.id(answer);
  }

  @Test
  void the_documented_rights_are_enough_for_all_that_nodes_do() throws IOException {
    try (RedisServer redis = new RedisServer(rights());
        Jedis admin = redis.jedis();
        HttpTarget target = HttpTarget.that(exchange -> HttpTarget.answer(exchange, 200, "{}"))) {
      admin.zadd("{scheduler}:scheduled", 9e12, "nobody"); // to be repaired
      try (NodeProcess first = node("node1", redis).awaitLeads();
          NodeProcess second = node("node2", redis).awaitReady()) {
        String called =
            accepted(
                second,
                "{\"type\":\"log\",\"payload\":1,\"uniqueKey\":\"k\",\"callback\":{\"url\":\""
                    + target.address("/")
                    + "\",\"on\":\"both\"}}");
        first.awaitState(called, "completed");
        first.await("it is called back", () -> target.asked().size() == 1);
        String failed = accepted(second, "{\"type\":\"fail\",\"payload\":1,\"maxAttempts\":1}");
        second.awaitState(failed, "dead");
        assertEquals(2, second.status("POST", "/tasks/" + failed + "/retry", "") / 100);
        second.awaitState(failed, "dead");
        String later = accepted(second, "{\"type\":\"log\",\"payload\":1,\"delay\":\"PT1H\"}");
        second.call("DELETE", "/tasks/" + later, "");
        second.awaitState(later, "cancelled");
        String runs = second.accepted("sleep", "{\"ms\":60000}");
        second.awaitState(runs, "running");
        second.call("DELETE", "/tasks/" + runs, "");
        second.awaitState(runs, "cancelled");
        assertEquals(2, second.status("POST", "/queues/default/pause", "") / 100);
        String waits = second.accepted("log", "1");
        assertEquals(2, second.status("POST", "/queues/default/resume", "") / 100);
        second.awaitState(waits, "completed");
        assertEquals(2, second.status("GET", "/tasks?state=dead", "") / 100);
        assertEquals(2, second.status("GET", "/tasks/" + called, "") / 100);
        assertEquals(2, second.status("GET", "/tasks/" + waits + "/explain", "") / 100);
        assertEquals(2, second.status("GET", "/stats", "") / 100);
        first.awaitLine("repair pass finished, repaired");
        first.signal("TERM");
        assertEquals(143, first.awaitExit(), first::output);
        second.awaitLeads();
        second.awaitState(second.accepted("log", "1"), "completed");
        assertEquals(
            List.of(),
            first.lines(" WARNING ").stream().filter(l -> l.contains("NOPERM")).toList());
        assertEquals(List.of(), second.lines(" ERROR "), second::output);
      }
      List<String> denied =
          admin.aclLog().stream()
              .filter(
                  e -> !e.getObject().contains("setinfo")) // a client's name, which may be missing
              .map(Object::toString)
              .toList();
      assertEquals(List.of(), denied);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "resetchannels, &{scheduler}:*",
    "-setrange, SETRANGE",
    "-lpush, LPUSH",
    "-info, INFO"
  })
  void a_missing_right_is_named_nobody_leads_and_nothing_is_kept(String change, String named)
      throws IOException {
    try (RedisServer redis = new RedisServer(rights() + " " + change);
        Jedis admin = redis.jedis();
        NodeProcess node = node("node1", redis).awaitLive()) {
      node.await("says which", () -> node.health().contains(named));
      node.awaitLine("lease unfit");
      HttpResponse<String> answer = node.submit("log", "1");
      assertEquals(503, answer.statusCode(), answer.body());
      assertTrue(answer.body().contains("Nothing was stored"), answer.body());
      assertTrue(answer.body().contains(named), answer.body());
      assertEquals(0, admin.dbSize());
      admin.sendCommand(
          Protocol.Command.ACL,
          "SETUSER",
          "scheduler",
          "&{scheduler}:*",
          "+setrange",
          "+lpush",
          "+info");
      node.awaitLeads();
      node.awaitState(node.accepted("log", "1"), "completed");
    }
  }

  @Test
  void a_leader_that_loses_its_channels_still_finds_what_is_new_and_says_what_is_missing()
      throws IOException {
    try (RedisServer redis = new RedisServer(rights());
        Jedis admin = redis.jedis();
        NodeProcess leads = node("node1", redis).awaitLeads()) {
      admin.sendCommand(Protocol.Command.ACL, "SETUSER", "scheduler", "resetchannels");
      leads.awaitLine("subscription lost, will be repeated channel={scheduler}:wake why=NOPERM");
      for (int i = 0; i < 3; i++) {
        leads.awaitState(leads.accepted("log", "1"), "completed");
      }
      String runs = leads.accepted("sleep", "{\"ms\":60000}");
      leads.awaitState(runs, "running");
      leads.call("DELETE", "/tasks/" + runs, "");
      leads.awaitState(runs, "cancelled");
      assertEquals(2, leads.status("POST", "/leader/resign", "") / 100);
      leads.await("says what is missing", () -> leads.health().contains("&{scheduler}:*"));
    }
  }
}
