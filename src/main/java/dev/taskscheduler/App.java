package dev.taskscheduler;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.conf.SchedulerConfig;
import dev.taskscheduler.handlers.HttpServer;
import dev.taskscheduler.handlers.Scheduler;
import dev.taskscheduler.handlers.cluster.LeaderView;
import dev.taskscheduler.leader.LeaderElection;
import dev.taskscheduler.leader.LeadershipManager;
import dev.taskscheduler.leader.NoElection;
import dev.taskscheduler.leader.raft.NodeEntry;
import dev.taskscheduler.leader.raft.RaftNode;
import dev.taskscheduler.leader.raft.RatisElection;
import dev.taskscheduler.leader.redis.RedisElection;
import dev.taskscheduler.lease.redis.RedisLease;
import dev.taskscheduler.metrics.GaugeSources;
import dev.taskscheduler.metrics.Meters;
import dev.taskscheduler.node.SchedulerNode;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.runner.Runners;
import dev.taskscheduler.runner.TaskRunner;
import dev.taskscheduler.runner.http.CallbackRunner;
import dev.taskscheduler.runner.http.HttpRunner;
import dev.taskscheduler.runner.http.HttpSender;
import dev.taskscheduler.task.QueueDepth;
import dev.taskscheduler.task.TaskPorts;
import dev.taskscheduler.task.TaskService;
import dev.taskscheduler.task.redis.RedisTasks;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Wires one node: starts its parts in order and stops them in reverse.
final class App implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(App.class.getName());

  /// One for each lane of the two stores and for the questions of health and counts.
  private static final int TASK_CONNECTIONS = 14;

  /// A look, a beat and a release may be under way at once.
  private static final int FENCE_CONNECTIONS = 4;

  private static final Set<String> ANY_ADDRESS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Duration LONGEST_FENCE_ANSWER = Duration.ofSeconds(2);

  private final Redis taskRedis;
  private final Redis fenceRedis;
  private final RedisTasks stored;
  private final QueueDepth depth;
  private final HttpSender sender;
  private final LeadershipManager leadership;
  private final HttpServer http;

  /// Starts a node: it answers when this returns, and leads when its turn comes.
  ///
  /// @param broken is called if the node can no longer do its work
  /// @throws IllegalStateException if its port is taken, two runners bear one type, or too few
  ///   files may be open
  App(SchedulerConfig config, Runnable broken) {
    OpenFiles files = OpenFiles.shared(config.election(), config.workers().workers());
    files.tell(config.workers().workers());
    sender = new HttpSender(config.httpRunner(), files.idleTargets());
    AtomicReference<@Nullable LeadershipManager> manager = new AtomicReference<>();
    AtomicReference<@Nullable QueueDepth> queue = new AtomicReference<>();
    AtomicReference<@Nullable TaskPorts> store = new AtomicReference<>();
    Meters meters =
        new Meters(
            config.leader().node(),
            new GaugeSources(
                () -> Optional.ofNullable(manager.get()).flatMap(LeadershipManager::leadership),
                () -> Optional.ofNullable(queue.get()).map(QueueDepth::queued).orElse(0L),
                () -> Optional.ofNullable(queue.get()).flatMap(QueueDepth::counts),
                () ->
                    Optional.ofNullable(queue.get())
                        .map(depth -> depth.paused().keySet())
                        .orElse(Set.of()),
                () -> Optional.ofNullable(store.get()).map(found -> found.health().get())));
    HttpRunner httpRunner = new HttpRunner(sender, meters);
    CallbackRunner callbacks = new CallbackRunner(httpRunner);
    Map<String, TaskRunner> runners = Runners.find(List.of(httpRunner, callbacks));
    taskRedis = new Redis(config.redis(), config.leader().node(), TASK_CONNECTIONS, ANSWER, meters);
    Duration quarter =
        Duration.ofNanos(
            config.leader().trust().toNanos() / 4); // so that one lost answer does not end a term
    fenceRedis =
        new Redis(
            config.redis(),
            config.leader().node() + "-lease",
            FENCE_CONNECTIONS,
            quarter.compareTo(LONGEST_FENCE_ANSWER) < 0 ? quarter : LONGEST_FENCE_ANSWER,
            meters);
    stored = new RedisTasks(taskRedis, config.namespace(), config.tasks());
    TaskPorts ports = stored.ports();
    TaskService tasks = new TaskService(ports, checks(runners), meters);
    SchedulerNode work =
        new SchedulerNode(
            config.workers().workers(files.workers()),
            stored.claims(),
            stored.maintenance(),
            runners,
            meters);
    leadership =
        new LeadershipManager(
            config.leader(),
            new RedisLease(fenceRedis, config.namespace()),
            election(config, meters),
            work,
            meters);
    depth =
        new QueueDepth(ports.queries(), ports.pauses(), () -> leadership.leadership().isPresent());
    manager.set(leadership);
    queue.set(depth);
    store.set(ports);
    http =
        new HttpServer(
            config.http(),
            new Scheduler(tasks, LeaderView.of(leadership), depth::paused, depth::queued),
            meters,
            config.http().connections().within(Runtime.getRuntime().maxMemory(), files.clients()),
            meters.feature());
    http.start(broken);
    leadership.start();
    LOG.log(
        INFO,
        () ->
            "node started node="
                + config.leader().node()
                + " version="
                + config.http().version()
                + " http="
                + config.http().host()
                + ":"
                + http.port()
                + " redis="
                + config.redis()
                + " namespace="
                + config.namespace().name()
                + " elector="
                + config.election().name().toLowerCase(Locale.ROOT)
                + " eligible="
                + config.leader().eligible()
                + " workers="
                + files.workers()
                + " types="
                + runners.keySet().stream().sorted().toList());
  }

  private static Map<String, TaskService.PayloadCheck> checks(Map<String, TaskRunner> runners) {
    Map<String, TaskService.PayloadCheck> checks = new HashMap<>();
    runners.forEach((type, runner) -> checks.put(type, runner::faults));
    return checks;
  }

  /// Who nominates. A node that never leads takes part in no group: it only watches the lease.
  private LeaderElection election(SchedulerConfig config, Meters meters) {
    return switch (config.election()) {
      case REDIS -> new RedisElection(fenceRedis, config.namespace());
      case RAFT -> {
        if (!config.leader().eligible()) {
          yield new NoElection("raft");
        }
        RatisElection raft = new RatisElection(config.raft(), () -> entry(config), meters);
        meters.raft(raft::status);
        yield raft;
      }
    };
  }

  /// What the other nodes are told of this one.
  private NodeEntry entry(SchedulerConfig config) {
    String host = config.http().host();
    RaftNode advertised = // where it listens on all addresses, the one that its peers know
        new RaftNode(
            config.leader().node(),
            ANY_ADDRESS.contains(host) ? config.raft().own().host() : host,
            http.port());
    return new NodeEntry(advertised.address(), config.http().version());
  }

  /// The HTTP port, also where any free one was asked for.
  int port() {
    return http.port();
  }

  LeadershipManager leadership() {
    return leadership;
  }

  /// Stops in order: leadership is drained and handed over while submissions are still answered,
  /// each answer as the last on its connection, then the rest.
  @Override
  public void close() {
    http.drain();
    step("leadership", leadership::close);
    step("http", http::stop);
    step("http runner", sender::close);
    step("queue depth", depth::close);
    step("tasks", stored::close);
    step("redis", taskRedis::close);
    step("redis", fenceRedis::close);
    LOG.log(INFO, "node stopped");
  }

  private static void step(String what, Runnable stop) {
    try {
      stop.run();
    } catch (RuntimeException e) { // what comes after must be stopped too
      LOG.log(WARNING, "did not stop cleanly what=" + what, e);
    }
  }
}
