package dev.taskscheduler.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.redis.RedisAddress;
import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.redis.RedisTopology;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Holds the Compose file against what it says of ports and secrets.
class ComposeTest {
  @Test
  void every_port_is_published_on_loopback_alone() throws IOException {
    Set<String> published = new TreeSet<>();
    Compose.withSentinels()
        .forEach((name, service) ->
            Compose.texts(service, "ports")
                .forEach(port -> {
                  assertTrue(port.matches("127\\.0\\.0\\.1:\\d+:\\d+"), name + " " + port);
                  published.add(port.split(":")[1]);
                }));
    assertTrue(published.containsAll(Set.of("6379", "8081", "8093", "9913")), published::toString);
    assertFalse(published.contains("26379"));
  }

  @Test
  void no_secret_stands_in_the_file_in_arguments_or_in_the_environment() throws IOException {
    String file = Files.readString(Compose.BASE) + Files.readString(Compose.SENTINEL);
    assertFalse(file.contains("change-me"));
    assertFalse(file.contains("--requirepass"));
    assertFalse(file.contains("redis-cli -a"));
    for (Map<String, Object> service : Compose.withSentinels().values()) {
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

  @Test
  void the_overlay_makes_each_server_and_node_part_of_one_group() throws IOException {
    Map<String, Map<String, Object>> services = Compose.withSentinels();
    List<String> sentinels = List.of("sentinel1", "sentinel2", "sentinel3");
    List<String> servers = List.of("redis", "redis-replica1", "redis-replica2");
    for (String name : servers) {
      Map<?, ?> environment = Compose.environment(services.get(name));
      assertEquals(name, environment.get("NAME"));
      assertEquals(sentinels, hosts(environment.get("SENTINELS").toString()));
    }
    for (String name : sentinels) {
      Map<?, ?> environment = Compose.environment(services.get(name));
      assertEquals(name, environment.get("NAME"));
      assertEquals("redis 6379", environment.get("PRIMARY"));
    }
    for (String name : services.keySet().stream().filter(n -> n.contains("node")).toList()) {
      Map<String, String> told = new HashMap<>();
      Compose.environment(services.get(name))
          .forEach((key, value) -> told.put(key.toString(), value.toString()));
      RedisTopology.Sentinel topology =
          (RedisTopology.Sentinel) RedisConfig.parse(told.get("REDIS_ADDR")).topology();
      assertEquals(sentinels, topology.sentinels().stream().map(RedisAddress::host).toList());
      assertEquals("mymaster", topology.primary());
      assertEquals("/secrets/redis-password", told.get("REDIS_SENTINEL_PASSWORD_FILE"));
    }
  }

  private static List<String> hosts(String addresses) {
    return Stream.of(addresses.split(" "))
        .map(address -> {
          assertTrue(address.endsWith(":26379"), address);
          return address.split(":")[0];
        })
        .toList();
  }

  @Test
  void each_server_of_the_overlay_is_restricted_and_keeps_its_data_in_a_volume_of_its_own()
      throws IOException {
    Set<String> volumes = new TreeSet<>();
    Map<String, Map<String, Object>> added = Compose.services(Compose.SENTINEL);
    Compose.services().keySet().stream()
        .filter(name -> !name.equals("redis"))
        .forEach(added::remove);
    assertEquals(6, added.size());
    added.forEach((name, service) -> {
      assertEquals("redis", service.get("user"), name);
      assertEquals(true, service.get("read_only"), name);
      assertEquals(List.of("ndots:1"), service.get("dns_opt"), name); // no wait for names that
      assertEquals(".", service.get("dns_search"), name); // are gone
      assertEquals(List.of("ALL"), service.get("cap_drop"), name);
      assertEquals(List.of("no-new-privileges:true"), service.get("security_opt"), name);
      assertEquals("unless-stopped", service.get("restart"), name);
      assertTrue(service.get("deploy").toString().contains("limits={memory="), name);
      assertEquals("/redis-secrets/password", Compose.environment(service).get("PASSWORD_FILE"));
      assertTrue(Compose.texts(service, "volumes").contains("redis-secrets:/redis-secrets:ro"));
      Compose.texts(service, "volumes").stream()
          .filter(volume -> volume.endsWith(":/data"))
          .forEach(volumes::add);
    });
    assertEquals(6, volumes.size(), volumes::toString);
  }
}
