package dev.taskscheduler.conf;

import static dev.taskscheduler.conf.SchedulerConfigTest.faults;
import static dev.taskscheduler.conf.SchedulerConfigTest.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.conf.ConfigException.Fault;
import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.auth.OriginRules;
import dev.taskscheduler.handlers.auth.PublicEndpoints;
import dev.taskscheduler.handlers.tls.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The settings of origins, tokens and TLS.
class AccessSettingsTest {
  @Test
  void origins_and_hosts_are_lists_of_names() {
    assertEquals(new OriginRules(Set.of(), Set.of()), with().http().origins());
    assertEquals(
        new OriginRules(
            Set.of("https://tasks.test", "http://[::1]:8080"), Set.of("tasks.test", "[::1]")),
        with(
                "API_ALLOWED_ORIGINS",
                "https://Tasks.test, http://[::1]:8080",
                "API_ALLOWED_HOSTS",
                "tasks.test,[::1]")
            .http()
            .origins());
    assertEquals(Set.of("*"), with("API_ALLOWED_HOSTS", "*").http().origins().hosts());
    for (String bad : List.of("tasks.test", "https://tasks.test/", "*", "null", "a://b,")) {
      assertEquals(
          "API_ALLOWED_ORIGINS", faults("API_ALLOWED_ORIGINS", bad).getFirst().name(), bad);
    }
    for (String bad : List.of("tasks.test:80", "http://tasks.test", "a,,b")) {
      assertEquals("API_ALLOWED_HOSTS", faults("API_ALLOWED_HOSTS", bad).getFirst().name(), bad);
    }
  }

  @Test
  void tokens_are_read_at_the_start_and_what_is_open_may_be_chosen(@TempDir Path folder)
      throws IOException {
    assertEquals(new AccessPolicy.Everyone(), with().http().access());
    assertEquals(new AccessPolicy.Everyone(), with("API_OPEN", "none").http().access());
    Path file = Files.writeString(folder.resolve("tokens"), "ops all sha256:" + "0a".repeat(32));
    for (var expected :
        Map.of(
                "", Set.of(PublicEndpoints.values()),
                "health, Metrics", Set.of(PublicEndpoints.HEALTH, PublicEndpoints.METRICS),
                "docs", Set.of(PublicEndpoints.DOCS),
                "none", Set.of())
            .entrySet()) {
      var config = with("API_TOKENS_FILE", file.toString(), "API_OPEN", expected.getKey());
      AccessPolicy.Bearers bearers =
          assertInstanceOf(AccessPolicy.Bearers.class, config.http().access());
      assertEquals(expected.getValue(), bearers.open());
    }
  }

  @Test
  void every_fault_of_a_file_of_tokens_is_reported_by_its_line(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("tokens"), "# geheim\nops all geheim\ngeheim\n");
    var refused =
        assertThrows(
            ConfigException.class,
            () -> with("API_TOKENS_FILE", file.toString(), "API_OPEN", "swagger"));
    assertEquals(
        List.of("swagger", file + ":2", file + ":3"),
        refused.faults().stream().map(Fault::found).toList());
    assertFalse(refused.getMessage().contains("geheim"), refused.getMessage());
    Fault none = faults("API_TOKENS_FILE", folder.resolve("none").toString()).getFirst();
    assertTrue(none.allowed().contains("there is none"), none.toString());
  }

  @Test
  void a_certificate_and_its_key_go_together(@TempDir Path folder) {
    assertEquals(new Transport.Plain(), with().http().transport());
    Fault key = faults("TLS_CERT", "tls.crt").getFirst();
    assertEquals("TLS_KEY", key.name());
    assertTrue(key.allowed().contains("private key of TLS_CERT"), key.toString());
    Fault certificate = faults("TLS_KEY", "tls.key").getFirst();
    assertEquals("TLS_CERT", certificate.name());
    String none = folder.resolve("none").toString();
    assertEquals(
        List.of("TLS_CERT", "TLS_KEY"),
        faults("TLS_CERT", none, "TLS_KEY", none).stream().map(Fault::name).toList());
  }
}
