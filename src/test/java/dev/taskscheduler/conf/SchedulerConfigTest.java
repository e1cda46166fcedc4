package dev.taskscheduler.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.conf.ConfigException.Fault;
import dev.taskscheduler.handlers.ui.DashboardSettings;
import dev.taskscheduler.logging.LogFormat;
import dev.taskscheduler.logging.LogLevel;
import dev.taskscheduler.task.Backoff;
import dev.taskscheduler.task.RetryDefaults;
import dev.taskscheduler.task.RetryPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulerConfigTest {
  static SchedulerConfig with(String... namesAndValues) {
    return SchedulerConfig.of(env(namesAndValues), Map.of());
  }

  static Map<String, String> env(String... namesAndValues) {
    Map<String, String> env = new HashMap<>(Map.of("CONSENSUS_TYPE", "redis"));
    for (int i = 0; i < namesAndValues.length; i += 2) {
      env.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return env;
  }

  static List<Fault> faults(String... namesAndValues) {
    return assertThrows(ConfigException.class, () -> with(namesAndValues)).faults();
  }

  @Test
  void the_defaults_are_the_documented_ones() {
    SchedulerConfig config = with();
    assertEquals("node1", config.leader().node());
    assertEquals("node1", config.http().node());
    assertEquals("redis://localhost:6379/0", config.redis().toString());
    assertEquals("scheduler", config.namespace().name());
    assertEquals(Duration.ofSeconds(2), config.leader().trust());
    assertEquals(Duration.ofSeconds(10), config.leader().drain());
    assertTrue(config.leader().eligible());
    assertEquals(4, config.workers().workers());
    assertEquals(Duration.ofMinutes(10), config.workers().taskTimeout());
    assertEquals(5, config.tasks().maxAttempts());
    assertEquals(Duration.ofHours(24), config.tasks().retention());
    assertEquals(1_000_000, config.tasks().maxPending());
    assertEquals(1_000_000, config.tasks().maxFinished());
    assertEquals(1_000_000, config.tasks().maxDead());
    assertEquals("0.0.0.0", config.http().host());
    assertEquals(8080, config.http().port());
    assertEquals(1 << 20, config.http().maxBodyBytes());
    assertEquals(Duration.ofSeconds(30), config.http().requestDeadline());
    assertEquals(LogFormat.TEXT, config.log().format());
    assertEquals(LogLevel.INFO, config.log().level());
    assertTrue(config.http().version().matches("\\d+\\.\\d+\\.\\d+.*"), config.http().version());
  }

  @Test
  void requests_are_retried_for_hours_unless_a_setting_says() {
    RetryDefaults defaults = with().workers().retries();
    RetryPolicy usual = new RetryPolicy(5, backoff("PT1S", "PT10M", 2));
    assertEquals(usual, defaults.of("log"));
    assertEquals(new RetryPolicy(12, backoff("PT5S", "PT1H", 3)), defaults.of("http"));
    assertEquals(defaults.of("http"), defaults.of("callback"));
    assertEquals(Map.of("http", 12, "callback", 12), with().tasks().maxAttemptsByType());
    assertEquals(
        new RetryPolicy(2, backoff("PT5S", "PT1H", 3)), ofHttp("MAX_ATTEMPTS", "2"), "what is set");
    assertEquals(
        new RetryPolicy(12, backoff("PT5S", "PT1H", 2)), ofHttp("RETRY_BACKOFF_FACTOR", "2"));
    assertEquals(
        new RetryPolicy(12, backoff("PT2H", "PT2H", 3)),
        ofHttp("RETRY_BACKOFF", "2h", "RETRY_BACKOFF_MAX", "2h"));
    assertEquals(
        new RetryPolicy(12, backoff("PT2S", "PT2S", 3)), ofHttp("RETRY_BACKOFF_MAX", "2s"));
  }

  private static RetryPolicy ofHttp(String... namesAndValues) {
    return with(namesAndValues).workers().retries().of("http");
  }

  private static Backoff backoff(String base, String cap, double factor) {
    return new Backoff(Duration.parse(base), Duration.parse(cap), factor);
  }

  @Test
  void a_blank_variable_counts_as_none() {
    assertEquals(4, with("WORKER_COUNT", "  ").workers().workers());
  }

  @ParameterizedTest
  @CsvSource({
    ":8080, 0.0.0.0, 8080",
    ":0, 0.0.0.0, 0",
    "127.0.0.1:65535, 127.0.0.1, 65535",
    "[::1]:80, ::1, 80",
    "[::]:80, ::, 80",
    "node-a.local:80, node-a.local, 80"
  })
  void listens_where_it_is_told(String address, String host, int port) {
    var http = with("LISTEN_ADDR", address).http();
    assertEquals(host, http.host());
    assertEquals(port, http.port());
  }

  @ParameterizedTest
  @CsvSource({
    "LISTEN_ADDR, 8080",
    "LISTEN_ADDR, :65536",
    "LISTEN_ADDR, ::1:80",
    "LISTEN_ADDR, http://x:80",
    "NODE_ID, a b",
    "NODE_ID, 0123456789012345678901234567890123456789012345678901234567890123456789",
    "REDIS_ADDR, localhost:0",
    "REDIS_ADDR, http://localhost",
    "REDIS_NAMESPACE, a:b",
    "CONSENSUS_TYPE, paxos",
    "WORKER_COUNT, 0",
    "WORKER_COUNT, 100001",
    "WORKER_COUNT, four",
    "WORKER_COUNT, 99999999999999999999",
    "LEASE_TTL, 499ms",
    "LEASE_TTL, 301s",
    "LEASE_TTL, 2",
    "DRAIN_TIMEOUT, 3601s",
    "REPAIR_INTERVAL, 59s",
    "REPAIR_INTERVAL, 25h",
    "TASK_TIMEOUT, 99ms",
    "TASK_TIMEOUT, 25h",
    "MAX_ATTEMPTS, 0",
    "MAX_ATTEMPTS, 1001",
    "RETENTION, 59s",
    "RETENTION, 366d",
    "MAX_PENDING, 0",
    "MAX_PENDING, 100000001",
    "MAX_FINISHED, -1",
    "MAX_DEAD, 1e6",
    "MAX_BODY_BYTES, 1023",
    "MAX_BODY_BYTES, 4MiB",
    "MAX_BODY_BYTES, 1MB",
    "REQUEST_TIMEOUT, 0s",
    "HTTP_TIMEOUT, 0s",
    "HTTP_CONNECT_TIMEOUT, 2m",
    "HTTP_MAX_RESPONSE_BYTES, 2MiB",
    "HTTP_ALLOWED_HOSTS, http://x",
    "HTTP_ALLOW_PRIVATE, 10.0.0.0/40",
    "HTTP_SIGNING_KEYS_FILE, /nowhere/at/all",
    "LEADER_ELIGIBLE, yes",
    "API_OPEN, submit",
    "API_OPEN, 'health,'",
    "API_OPEN, 'none,docs'",
    "LOG_FORMAT, xml",
    "LOG_LEVEL, LOUD"
  })
  void a_bad_value_is_reported_with_its_name_and_itself(String name, String value) {
    List<Fault> faults = faults(name, value);
    assertEquals(1, faults.size(), faults.toString());
    assertEquals(name, faults.getFirst().name());
    assertFalse(faults.getFirst().allowed().isBlank());
    assertTrue(
        faults.getFirst().found().equals(value) || name.equals("REDIS_ADDR"), faults.toString());
  }

  @ParameterizedTest
  @CsvSource({"1024, 1024", "1KiB, 1024", "512 KiB, 524288", "3MiB, 3145728", "2048B, 2048"})
  void sizes_may_bear_a_unit(String text, int bytes) {
    assertEquals(bytes, with("MAX_BODY_BYTES", text).http().maxBodyBytes());
  }

  @Test
  void all_faults_are_reported_at_once_each_on_a_line() {
    var refused =
        assertThrows(
            ConfigException.class,
            () -> with("WORKER_COUNT", "0", "LEASE_TTL", "soon", "NODE_ID", "a/b"));
    assertEquals(3, refused.faults().size());
    assertEquals(4, refused.getMessage().lines().count());
    assertTrue(
        refused.getMessage().contains("WORKER_COUNT is '0'; allowed: a whole number from 1 to"),
        refused.getMessage());
  }

  @Test
  void more_workers_than_pending_tasks_is_a_fault_across_rooms() {
    List<Fault> faults = faults("WORKER_COUNT", "10", "MAX_PENDING", "9");
    assertEquals("WORKER_COUNT", faults.getFirst().name());
    assertTrue(faults.getFirst().allowed().contains("MAX_PENDING"), faults.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "redis://:secret@host:99999",
    "redis://user:secret@host/x",
    "redis://:se%cret secret@host:6379",
    "http://user:secret@host",
    "redis://user:secret",
    "user:secret@host",
    "redis://:secret#secret@host"
  })
  void a_password_is_never_repeated(String address) {
    var refused = assertThrows(ConfigException.class, () -> with("REDIS_ADDR", address));
    for (Throwable e = refused; e != null; e = e.getCause()) {
      assertFalse(String.valueOf(e.getMessage()).contains("secret"), e.getMessage());
    }
    assertFalse(with("REDIS_ADDR", "redis://:secret@host").toString().contains("secret"));
  }

  @Test
  void signing_keys_come_from_a_file_or_the_environment_and_are_never_repeated(@TempDir Path folder)
      throws IOException {
    String key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    Path file = Files.writeString(folder.resolve("keys"), key + "\n" + key + "\n");
    assertEquals(1, with("HTTP_SIGNING_KEYS", key).httpRunner().keys().defaults().keys().size());
    assertEquals(
        2,
        with("HTTP_SIGNING_KEYS_FILE", file.toString())
            .httpRunner()
            .keys()
            .defaults()
            .keys()
            .size());
    assertFalse(with("HTTP_SIGNING_KEYS", key).toString().contains("MfKQ"));
    var both =
        assertThrows(
            ConfigException.class,
            () -> with("HTTP_SIGNING_KEYS", key, "HTTP_SIGNING_KEYS_FILE", file.toString()));
    assertTrue(both.getMessage().contains("one of them"), both.getMessage());
    assertFalse(both.getMessage().contains("MfKQ"), both.getMessage());
    var broken = assertThrows(ConfigException.class, () -> with("HTTP_SIGNING_KEYS", "xx" + key));
    assertFalse(broken.getMessage().contains("MfKQ"), broken.getMessage());
    Path empty = Files.writeString(folder.resolve("empty"), "\n");
    assertEquals(
        "HTTP_SIGNING_KEYS_FILE",
        faults("HTTP_SIGNING_KEYS_FILE", empty.toString()).getFirst().name());
  }

  @Test
  void the_environment_wins_over_yaml_and_yaml_over_the_default() {
    var config =
        SchedulerConfig.of(env("LEASE_TTL", "3s"), Map.of("lease-ttl", "4s", "worker-count", "7"));
    assertEquals(Duration.ofSeconds(3), config.leader().trust());
    assertEquals(7, config.workers().workers());
  }

  @Test
  void an_unknown_yaml_key_is_a_fault_that_lists_the_known_ones() {
    var refused =
        assertThrows(
            ConfigException.class, () -> SchedulerConfig.of(env(), Map.of("lease-tll", "4s")));
    assertTrue(refused.getMessage().contains("scheduler.lease-tll"), refused.getMessage());
    assertTrue(refused.getMessage().contains("lease-ttl"), refused.getMessage());
  }

  @Test
  void a_bad_yaml_value_is_reported_by_its_key() {
    var refused =
        assertThrows(
            ConfigException.class, () -> SchedulerConfig.of(env(), Map.of("lease-ttl", "x")));
    assertEquals("scheduler.lease-ttl in application.yaml", refused.faults().getFirst().name());
  }

  @Test
  void a_yaml_file_is_read_with_its_types(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("application.yaml");
    Files.writeString(
        file,
        """
        scheduler:
          worker-count: 12
          leader-eligible: false
          listen-addr: ":0"
          ui: off
          ui-hide-payloads: true
          max-body-bytes: 2MiB
          lease-ttl:
        """);
    var config = SchedulerConfig.of(env(), Yaml.read(file));
    assertEquals(12, config.workers().workers());
    assertFalse(config.leader().eligible());
    assertEquals(0, config.http().port());
    assertEquals(new DashboardSettings(false, true), config.http().dashboard());
    assertEquals(2 << 20, config.http().maxBodyBytes());
    assertEquals(Duration.ofSeconds(2), config.leader().trust());
  }

  @Test
  void a_missing_yaml_file_is_none_and_a_broken_one_is_a_fault(@TempDir Path folder)
      throws IOException {
    assertEquals(Map.of(), Yaml.read(folder.resolve("none.yaml")));
    Path broken = Files.writeString(folder.resolve("application.yaml"), "scheduler: [:\n  {");
    var refused = assertThrows(ConfigException.class, () -> Yaml.read(broken));
    assertEquals(broken.toString(), refused.faults().getFirst().name());
  }

  /// The commented file on the class path is what people copy from: it must name every key, with
  /// its default.
  @Test
  void the_documented_yaml_is_the_defaults() throws IOException {
    String documented = Files.readString(Path.of("src/main/resources/application.yaml"));
    Matcher line = Pattern.compile("(?m)^#   ([a-z-]+): +\"?([^\" ]+)\"? +#").matcher(documented);
    Map<String, String> yaml = new HashMap<>();
    while (line.find()) {
      yaml.put(line.group(1), line.group(2));
    }
    assertEquals(46, yaml.size(), yaml.toString());
    SchedulerConfig copied = SchedulerConfig.of(env(), yaml);
    assertEquals(with().workers().retries().usual(), copied.workers().retries().usual());
    // To set these says something even where it is the default: it holds for all types then.
    yaml.keySet().removeIf(key -> key.startsWith("retry-") || key.equals("max-attempts"));
    assertEquals( // but for where each setting comes from
        with().shown(List.of()), SchedulerConfig.of(env(), yaml).shown(List.of()));
  }
}
