package dev.taskscheduler.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Holds the Compose file against what it says of ports and secrets.
class ComposeTest {
  @Test
  void every_port_is_published_on_loopback_alone() throws IOException {
    Set<String> published = new TreeSet<>();
    Compose.services()
        .forEach((name, service) ->
            Compose.texts(service, "ports")
                .forEach(port -> {
                  assertTrue(port.matches("127\\.0\\.0\\.1:\\d+:\\d+"), name + " " + port);
                  published.add(port.split(":")[1]);
                }));
    assertTrue(published.containsAll(Set.of("6379", "8081", "8093", "9913")), published::toString);
  }

  @Test
  void no_secret_stands_in_the_file_in_arguments_or_in_the_environment() throws IOException {
    String file = Files.readString(Path.of("docker-compose.yml"));
    assertFalse(file.contains("change-me"));
    assertFalse(file.contains("--requirepass"));
    assertFalse(file.contains("redis-cli -a"));
    for (Map<String, Object> service : Compose.services().values()) {
      for (Object name : Compose.environment(service).keySet()) {
        assertFalse(
            name.toString().matches(".*(PASSWORD|SECRET|TOKEN|REDISCLI_AUTH)"), name::toString);
      }
    }
  }

  @Test
  void every_node_reads_the_password_from_the_volume_that_the_secrets_service_fills()
      throws IOException {
    Map<String, Map<String, Object>> services = Compose.services();
    List<String> nodes = services.keySet().stream().filter(name -> name.contains("node")).toList();
    assertEquals(6, nodes.size());
    for (String name : nodes) {
      Map<String, Object> node = services.get(name);
      assertEquals(
          "/secrets/redis-password", Compose.environment(node).get("REDIS_PASSWORD_FILE"), name);
      assertTrue(Compose.texts(node, "volumes").contains("node-secrets:/secrets:ro"), name);
    }
    assertEquals("none", services.get("secrets").get("network_mode"));
    assertTrue(
        String.valueOf(services.get("redis").get("depends_on"))
            .contains("secrets={condition=service_completed_successfully}"));
  }
}
