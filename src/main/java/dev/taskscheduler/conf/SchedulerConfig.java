package dev.taskscheduler.conf;

import dev.taskscheduler.handlers.HttpConfig;
import dev.taskscheduler.handlers.cluster.NodeSetting;
import dev.taskscheduler.handlers.server.ConnectionLimits;
import dev.taskscheduler.handlers.ui.DashboardSettings;
import dev.taskscheduler.leader.LeaderConfig;
import dev.taskscheduler.leader.raft.RaftConfig;
import dev.taskscheduler.logging.LogFormat;
import dev.taskscheduler.logging.LogLevel;
import dev.taskscheduler.node.PriorityPolicy;
import dev.taskscheduler.node.WorkerConfig;
import dev.taskscheduler.process.Version;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.RedisConfig;
import dev.taskscheduler.runner.http.HttpRunnerConfig;
import dev.taskscheduler.task.RetryDefaults;
import dev.taskscheduler.task.TaskLimits;
import dev.taskscheduler.tracing.TracingConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The checked configuration of a node: one record for each package that is configured.
///
/// @param namespace the prefix of all keys
/// @param election the kind of election
/// @param raft used only with election by Raft
/// @param warnings what an operator should know of a configuration that can be used
public record SchedulerConfig(
    RedisConfig redis,
    Namespace namespace,
    ElectionKind election,
    RaftConfig raft,
    LeaderConfig leader,
    TaskLimits tasks,
    WorkerConfig workers,
    HttpRunnerConfig httpRunner,
    HttpConfig http,
    LogConfig log,
    Optional<TracingConfig> tracing,
    List<String> warnings) {

  /// How this node logs.
  ///
  /// @param level records below it are not written
  public record LogConfig(LogFormat format, LogLevel level) {}

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final String ID_RULE = "1 to 64 characters of a-z A-Z 0-9 . _ -";
  private static final long MAX_CONNECTIONS = 1_000_000;
  private static final long MAX_TASKS = 100_000_000;

  /// Reads each setting from `env`, else from `application.yaml` in the working directory, else
  /// from `application.yaml` on the class path, else takes the default.
  ///
  /// @throws ConfigException with all errors at once
  public static SchedulerConfig load(Map<String, String> env) {
    return of(env, Yaml.read(Path.of("application.yaml")));
  }

  /// The same without files.
  ///
  /// @param yaml the values under `scheduler`, by dashed key
  static SchedulerConfig of(Map<String, String> env, Map<String, String> yaml) {
    var settings = new Settings(env, yaml);
    String node = settings.matching("NODE_ID", "node1", ID, ID_RULE + ", unique");
    Namespace namespace =
        new Namespace(settings.matching("REDIS_NAMESPACE", "scheduler", ID, ID_RULE));
    RetryDefaults retries = RetrySettings.read(settings);
    var config =
        new SchedulerConfig(
            RedisSettings.read(settings),
            namespace,
            settings.choice("CONSENSUS_TYPE", ElectionKind.RAFT),
            RaftSettings.read(settings, node, namespace.name()),
            new LeaderConfig(
                node,
                settings.duration("LEASE_TTL", "2s", "500ms", "5m"),
                settings.duration("DRAIN_TIMEOUT", "10s", "0s", "1h"),
                settings.flag("LEADER_ELIGIBLE", true)),
            limits(settings, retries),
            workers(settings, retries),
            HttpRunnerSettings.read(settings),
            http(settings, node),
            new LogConfig(
                settings.choice("LOG_FORMAT", LogFormat.TEXT),
                settings.choice("LOG_LEVEL", LogLevel.INFO)),
            TracingSettings.read(settings),
            settings.warnings());
    checkAcross(config, settings);
    RaftSettings.check(config, settings);
    checkBuild(settings, Version.buildOfCode(), Version.buildOfJar());
    settings.check();
    return config.shown(settings.shown());
  }

  /// The same, with what is shown of it: that is known once all settings have been read.
  SchedulerConfig shown(List<NodeSetting> shown) {
    return new SchedulerConfig(
        redis,
        namespace,
        election,
        raft,
        leader,
        tasks,
        workers,
        httpRunner,
        http.shown(shown),
        log,
        tracing,
        warnings);
  }

  private static WorkerConfig workers(Settings settings, RetryDefaults retries) {
    return new WorkerConfig(
        (int) settings.number("WORKER_COUNT", 4, 1, 100_000),
        settings.duration("TASK_TIMEOUT", "10m", "100ms", "24h"),
        retries,
        settings.size("MAX_RESULT_BYTES", 64 << 10, 0, 1 << 20),
        priorities(settings),
        settings.duration("REPAIR_INTERVAL", "10m", "1m", "24h"));
  }

  private static PriorityPolicy priorities(Settings settings) {
    Duration ageing = settings.duration("PRIORITY_AGEING", "0s", "0s", "365d");
    PriorityPolicy.Weighted weighted =
        settings.text("PRIORITY_WEIGHTS", "6,3,1", SchedulerConfig::weights);
    return switch (settings.choice("PRIORITY_POLICY", PolicyKind.STRICT)) {
      case STRICT -> new PriorityPolicy.Strict(ageing);
      case WEIGHTED -> weighted;
    };
  }

  private enum PolicyKind {
    STRICT,
    WEIGHTED
  }

  private static PriorityPolicy.Weighted weights(String text) {
    if (!text.matches("[1-9]\\d{0,2},[1-9]\\d{0,2},[1-9]\\d{0,2}")) {
      throw new IllegalArgumentException("three numbers from 1 to 999, for high,medium,low");
    }
    String[] parts = text.split(",", 3);
    return new PriorityPolicy.Weighted(
        Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }

  private static TaskLimits limits(Settings settings, RetryDefaults retries) {
    return new TaskLimits(
        settings.number("MAX_PENDING", 1_000_000, 1, MAX_TASKS),
        retries.usual().maxAttempts(),
        settings.duration("RETENTION", "24h", "1m", "365d"),
        settings.number("MAX_FINISHED", 1_000_000, 1, MAX_TASKS),
        settings.number("MAX_DEAD", 1_000_000, 1, MAX_TASKS),
        retries.maxAttemptsByType());
  }

  private static HttpConfig http(Settings settings, String node) {
    Listen listen = settings.text("LISTEN_ADDR", ":8080", Listen::parse);
    return new HttpConfig(
        node,
        listen.host(),
        listen.port(),
        settings.size("MAX_BODY_BYTES", 1 << 20, 1 << 10, 3 << 20),
        settings.size("MAX_BATCH_BYTES", 64 << 20, 1 << 10, 1 << 30),
        settings.duration("IDEMPOTENCY_TTL", "24h", "1m", "365d"),
        settings.duration("REQUEST_TIMEOUT", "30s", "1s", "10m"),
        new ConnectionLimits(
            (int) settings.number("MAX_CONNECTIONS", 0, 0, MAX_CONNECTIONS),
            (int) settings.number("MAX_CONNECTIONS_PER_ADDRESS", 0, 0, MAX_CONNECTIONS)),
        Version.current(),
        AccessSettings.access(settings),
        AccessSettings.transport(settings),
        AccessSettings.origins(settings),
        new DashboardSettings(settings.isOn("UI"), settings.flag("UI_HIDE_PAYLOADS", false)),
        settings.file("SCHEDULES_FILE"),
        (int) settings.number("MAX_EVENT_STREAMS", 200, 0, 10_000),
        List.of());
  }

  static void checkBuild(Settings settings, String ofCode, String ofJar) {
    if (!ofCode.equals(ofJar)) {
      settings.fault(
          "-XX:AOTCache", "code of build " + ofCode, "a cache made of these jars, build " + ofJar);
    }
  }

  /// Checks rules across packages.
  private static void checkAcross(SchedulerConfig config, Settings settings) {
    if (config.workers().workers() > config.tasks().maxPending()
        && settings.valid("WORKER_COUNT")
        && settings.valid("MAX_PENDING")) {
      settings.fault(
          "WORKER_COUNT",
          String.valueOf(config.workers().workers()),
          "no more than MAX_PENDING, which is " + config.tasks().maxPending());
    }
  }

  /// An address to listen on.
  private record Listen(String host, int port) {
    private static final Pattern FORM =
        Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^\\s:\\[\\]/@]*):(\\d{1,5})");
    private static final String ALLOWED =
        "host:port, [::1]:port or :port for all addresses; ports 0 (any free one) to 65535";

    static Listen parse(String address) {
      var matcher = FORM.matcher(address);
      if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
        throw new IllegalArgumentException(ALLOWED);
      }
      String host = matcher.group(1);
      if (host.startsWith("[")) {
        host = host.substring(1, host.length() - 1);
      }
      return new Listen(host.isEmpty() ? "0.0.0.0" : host, Integer.parseInt(matcher.group(2)));
    }
  }
}
