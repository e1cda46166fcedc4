package dev.taskscheduler;

import dev.taskscheduler.audit.redis.RedisAudit;
import dev.taskscheduler.cluster.redis.RedisNodes;
import dev.taskscheduler.conf.SchedulerConfig;
import dev.taskscheduler.handlers.Scheduler;
import dev.taskscheduler.handlers.cluster.LeaderView;
import dev.taskscheduler.handlers.schedules.ScheduleFile;
import dev.taskscheduler.leader.LeaderElection;
import dev.taskscheduler.leader.LeadershipManager;
import dev.taskscheduler.leader.NoElection;
import dev.taskscheduler.leader.raft.RatisElection;
import dev.taskscheduler.leader.redis.RedisElection;
import dev.taskscheduler.lease.redis.RedisLease;
import dev.taskscheduler.metrics.GaugeSources;
import dev.taskscheduler.metrics.Meters;
import dev.taskscheduler.node.SchedulerNode;
import dev.taskscheduler.node.WorkerConfig;
import dev.taskscheduler.queue.BusyQueues;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.spi.TaskRunner;
import dev.taskscheduler.task.QueueDepth;
import dev.taskscheduler.task.TaskPorts;
import dev.taskscheduler.task.TaskService;
import dev.taskscheduler.task.redis.RedisTasks;
import dev.taskscheduler.tracing.Tracer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// One namespace with one leader among all nodes: its stores, lease, elector and leadership, and
/// the work of this node while it leads.
final class Partition implements AutoCloseable {
  private final RedisTasks stores;
  private final TaskService tasks;
  private final Optional<ScheduleFile> scheduleFile;
  private final LeadershipManager leadership;
  private final QueueDepth depth;
  private final BusyQueues busyQueues;
  private final RedisNodes nodes;
  private final RedisAudit audit;
  private final WorkerConfig workers;

  /// What all partitions of a process share.
  ///
  /// @param leaseRedis connections of their own: a renewal must not wait behind other calls
  /// @param runners by type
  record Shared(
      SchedulerConfig config,
      WorkerConfig workers,
      Redis taskRedis,
      Redis leaseRedis,
      Map<String, TaskRunner> runners,
      Meters meters,
      Tracer tracer) {}

  Partition(Namespace namespace, Shared shared) {
    SchedulerConfig config = shared.config();
    workers = shared.workers();
    Meters meters = shared.meters();
    stores = new RedisTasks(shared.taskRedis(), namespace, config.tasks());
    stores.keep(meters.activity());
    TaskPorts ports = stores.ports();
    Map<String, TaskService.PayloadCheck> checks = new HashMap<>();
    shared.runners().forEach((type, runner) -> checks.put(type, runner::payloadErrors));
    tasks = new TaskService(ports, checks, meters, shared.tracer());
    int maxBody = config.http().maxBodyBytes();
    scheduleFile = config.http().scheduleFile().map(path -> new ScheduleFile(path, tasks, maxBody));
    leadership =
        new LeadershipManager(
            config.leader(),
            new RedisLease(shared.leaseRedis(), namespace),
            election(namespace, shared),
            new SchedulerNode(
                shared.workers(),
                stores.claims(),
                stores.maintenance(),
                shared.runners(),
                meters,
                new SchedulerNode.Scheduling(
                    stores.fires(),
                    meters.schedules(),
                    stores.schedules(),
                    () -> scheduleFile.flatMap(ScheduleFile::schedules)),
                shared.tracer()),
            meters);
    depth =
        new QueueDepth(ports.queries(), ports.pauses(), () -> leadership.leadership().isPresent());
    busyQueues = new BusyQueues(stores.queues()::busiest, depth::counts, meters);
    busyQueues.start();
    audit = new RedisAudit(shared.taskRedis(), namespace);
    nodes =
        new RedisNodes(
            shared.taskRedis(), namespace, config.leader().node(), config.http().version());
  }

  /// Makes the elector. A node that is not eligible is no member of the Raft group: it only watches
  /// the lease.
  private static LeaderElection election(Namespace namespace, Shared shared) {
    return switch (shared.config().election()) {
      case REDIS -> new RedisElection(shared.leaseRedis(), namespace);
      case RAFT -> {
        if (!shared.config().leader().eligible()) {
          yield new NoElection("raft");
        }
        RatisElection raft = new RatisElection(shared.config().raft(), shared.meters());
        shared.meters().raft(raft::status);
        yield raft;
      }
    };
  }

  /// Begins to take part in elections: this node leads when its turn comes.
  ///
  /// @param http where this node is reached, `host:port`
  void start(String http) {
    leadership.start();
    nodes.start(http);
  }

  /// What the REST API calls.
  Scheduler scheduler() {
    return new Scheduler(
        tasks,
        stores.queues(),
        stores.schedules(),
        scheduleFile,
        LeaderView.of(leadership, nodes::find, nodes::all),
        depth::paused,
        depth::queued,
        audit,
        stores.cluster(),
        workers.workers());
  }

  GaugeSources gaugeSources() {
    return new GaugeSources(
        leadership::leadership,
        depth::queued,
        depth::counts,
        () -> depth.paused().keySet(),
        stores.ports().health());
  }

  LeadershipManager leadership() {
    return leadership;
  }

  /// Drains and hands leadership over; submissions and questions are answered until [#close].
  void stopLeading() {
    leadership.close();
  }

  @Override
  public void close() {
    App.stop("nodes", nodes::close);
    App.stop("audit", audit::close);
    App.stop("busy queues", busyQueues::close);
    App.stop("queue depth", depth::close);
    App.stop("tasks", stores::close);
  }
}
