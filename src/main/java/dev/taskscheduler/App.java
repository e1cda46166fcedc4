package dev.taskscheduler;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.conf.ElectionKind;
import dev.taskscheduler.conf.SchedulerConfig;
import dev.taskscheduler.handlers.HttpServer;
import dev.taskscheduler.leader.LeadershipManager;
import dev.taskscheduler.leader.raft.RaftNode;
import dev.taskscheduler.metrics.Meters;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.runner.Runners;
import dev.taskscheduler.runner.http.CallbackRunner;
import dev.taskscheduler.runner.http.HttpRunner;
import dev.taskscheduler.runner.http.HttpSender;
import dev.taskscheduler.spi.TaskRunner;
import dev.taskscheduler.tracing.Tracer;
import dev.taskscheduler.tracing.otel.OtelTracer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Runs one node: starts the parts of the process and its partitions in order, and stops them in
/// reverse.
final class App implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(App.class.getName());

  /// One for each lane of the two stores and for the questions of health and counts.
  private static final int TASK_CONNECTIONS = 15;

  /// An observation, a renewal and a release may be under way at once.
  private static final int LEASE_CONNECTIONS = 4;

  private static final Set<String> ANY_ADDRESS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");
  private static final Duration ANSWER = Duration.ofSeconds(2);

  private final SchedulerConfig config;
  private final Redis taskRedis;
  private final Redis leaseRedis;
  private final HttpSender sender;
  private final Tracer tracer;
  private final List<Partition> partitions;
  private final HttpServer http;

  /// Starts a node: it answers when this returns, and leads when its turn comes.
  ///
  /// @param broken called if the node can no longer do its work
  /// @throws IllegalStateException if its port is taken, two runners have one type, or too few
  ///   files may be open
  App(SchedulerConfig config, Runnable broken) {
    this.config = config;
    OpenFiles files = OpenFiles.shared(config.election(), config.workers().workers());
    files.log(config.workers().workers());
    String node = config.leader().node();
    Meters meters = new Meters(node);
    sender = new HttpSender(config.httpRunner(), files.idleTargets());
    tracer =
        config
            .tracing()
            .<Tracer>map(given -> new OtelTracer(given, node, config.http().version()))
            .orElse(Tracer.NONE);
    HttpRunner httpRunner = new HttpRunner(sender, meters, tracer);
    Map<String, TaskRunner> runners =
        Runners.find(List.of(httpRunner, new CallbackRunner(httpRunner)));
    taskRedis =
        new Redis(
            config.redis(),
            config.namespace(),
            new Redis.Pool(node, TASK_CONNECTIONS, ANSWER),
            meters);
    // A quarter, so that one lost answer ends no leadership. dividedBy would be slow (ADR 7).
    Duration quarter = Duration.ofNanos(config.leader().trust().toNanos() / 4);
    leaseRedis =
        new Redis(
            config.redis(),
            config.namespace(),
            new Redis.Pool(
                node + "-lease", LEASE_CONNECTIONS, Collections.min(List.of(quarter, ANSWER))),
            meters);
    Partition partition =
        new Partition(
            config.namespace(),
            new Partition.Shared(
                config,
                config.workers().workers(files.workers()),
                taskRedis,
                leaseRedis,
                runners,
                meters,
                tracer));
    partitions = List.of(partition);
    meters.gauges(partition.gaugeSources());
    http =
        new HttpServer(
            config.http(),
            partition.scheduler(),
            meters,
            config.http().connections().within(Runtime.getRuntime().maxMemory(), files.clients()),
            meters.feature());
    http.start(broken);
    partitions.forEach(p -> p.start(address()));
    LOG.log(
        INFO,
        () ->
            ("node started node=%s version=%s http=%s:%s redis=%s namespace=%s elector=%s "
                    + "eligible=%s workers=%s types=%s")
                .formatted(
                    node,
                    config.http().version(),
                    config.http().host(),
                    http.port(),
                    config.redis(),
                    config.namespace().name(),
                    config.election().name().toLowerCase(Locale.ROOT),
                    config.leader().eligible(),
                    files.workers(),
                    runners.keySet().stream().sorted().toList()));
  }

  /// Where people and programs reach this node, as far as it knows: where it listens on all
  /// addresses, the host that Raft peers know, or its own name.
  private String address() {
    String host = config.http().host();
    if (ANY_ADDRESS.contains(host)) {
      host = config.election() == ElectionKind.RAFT ? config.raft().own().host() : hostName();
    }
    return new RaftNode(config.leader().node(), host, http.port()).address();
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "127.0.0.1";
    }
  }

  /// The HTTP port, also where any free one was asked for.
  int port() {
    return http.port();
  }

  LeadershipManager leadership() {
    return partitions.getFirst().leadership();
  }

  /// Stops in order: leadership is drained and handed over while submissions are still answered,
  /// each answer as the last on its connection, then the rest.
  @Override
  public void close() {
    http.drain();
    partitions.forEach(partition -> stop("leadership", partition::stopLeading));
    stop("http", http::stop);
    stop("http runner", sender::close);
    partitions.forEach(Partition::close);
    stop("tracing", tracer::close);
    stop("redis", taskRedis::close);
    stop("redis", leaseRedis::close);
    LOG.log(INFO, "node stopped");
  }

  /// Stops one part. If that fails, the rest is stopped all the same.
  static void stop(String part, Runnable stop) {
    try {
      stop.run();
    } catch (RuntimeException e) {
      LOG.log(WARNING, "did not stop cleanly part=" + part, e);
    }
  }
}
