package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.RedisServer;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The log of a whole node in JSON, as a collector reads it.
@Timeout(120)
class JsonLogIT {
  private static void assertHas(String line, List<String> fields) {
    for (String field : fields) {
      assertTrue(
          Pattern.compile("," + field).matcher(line).find(), () -> field + " is not in " + line);
    }
  }

  @Test
  void lines_about_a_task_have_what_it_is_found_by_as_fields() throws Exception {
    try (RedisServer redis = new RedisServer();
        NodeProcess node =
            NodeProcess.program(
                "json1",
                Map.of(
                    "REDIS_ADDR", redis.address(), "LOG_FORMAT", "json", "LOG_LEVEL", "DEBUG"))) {
      node.awaitLeads();
      String done = node.accepted("log", "1");
      node.awaitState(done, "completed");
      String dead =
          NodeProcess.id(
              node.call(
                  "POST",
                  "/submit",
                  "{\"type\":\"fail\",\"queue\":\"mails\",\"maxAttempts\":1,\"payload\":null}"));
      node.awaitState(dead, "dead");
      node.awaitLine("task is dead");
      assertHas(
          node.lines("\"leadership begins").getFirst(),
          List.of("\"node\":\"json1\",", "\"epoch\":\\d+}"));
      // A runner knows nothing of fields.
      assertHas(
          node.lines("\"task runs id=" + done).getFirst(),
          List.of(
              "\"task\":\""
                  + done
                  + "\",\"queue\":\"default\",\"type\":\"log\",\"attempt\":1,\"epoch\":\\d+"));
      assertHas(
          node.lines("\"task is dead id=" + dead).getFirst(),
          List.of(
              "\"task\":\""
                  + dead
                  + "\",\"queue\":\"mails\",\"type\":\"fail\",\"attempt\":1,\"epoch\":\\d+}"));
    }
  }
}
