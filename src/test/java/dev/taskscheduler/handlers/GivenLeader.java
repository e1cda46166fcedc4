package dev.taskscheduler.handlers;

import dev.taskscheduler.cluster.ClusterNode;
import dev.taskscheduler.handlers.cluster.LeaderView;
import dev.taskscheduler.handlers.server.RequestDeadline;
import dev.taskscheduler.leader.ElectionStatus;
import dev.taskscheduler.leader.Leader;
import dev.taskscheduler.task.TaskService;
import dev.taskscheduler.testing.TaskTypes;
import io.helidon.webserver.http.HttpRouting;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Leadership as a test gives it.
final class GivenLeader implements LeaderView {
  volatile Optional<Leader> leader = Optional.empty();
  volatile Optional<String> problem = Optional.empty();
  volatile Optional<ElectionStatus> election = Optional.empty();
  volatile Map<String, ClusterNode> nodes = Map.of();
  volatile boolean leads;
  volatile boolean joined = true;

  /// All routes of a node, with a store and this leadership in place of its own; 12 tasks wait.
  static void routes(
      HttpRouting.Builder routing, MemoryStore store, GivenLeader leader, Set<String> types) {
    HttpConfig config = TestServers.config(1 << 20, 1 << 24, Duration.ofSeconds(5));
    TaskService tasks = new TaskService(store.ports(), TaskTypes.of(types), priority -> {});
    Scheduler scheduler =
        new Scheduler(
            tasks,
            store.queues,
            store.schedules,
            Optional.empty(),
            leader,
            Map::of,
            () -> 12,
            new MemoryAudit(),
            store,
            4);
    Live live = Live.of(config, scheduler, List::of, new RequestDeadline(config.requestDeadline()));
    Routes.register(routing, config, scheduler, List::of, live);
  }

  void ledBy(String node, boolean here) {
    leader =
        Optional.of(
            new Leader(node, 1_795_424_100_000L, "raft", Instant.parse("2026-11-23T08:55:00Z")));
    leads = here;
  }

  @Override
  public Optional<Leader> leader() {
    return leader;
  }

  @Override
  public boolean leads() {
    return leads;
  }

  @Override
  public Optional<String> problem() {
    return problem;
  }

  @Override
  public Optional<ElectionStatus> election() {
    return election;
  }

  @Override
  public Optional<ClusterNode> node(String id) {
    return Optional.ofNullable(nodes.get(id));
  }

  @Override
  public List<ClusterNode> nodes() {
    return nodes.values().stream().sorted(Comparator.comparing(ClusterNode::id)).toList();
  }

  @Override
  public boolean joined() {
    return joined;
  }

  @Override
  public boolean resign() {
    return leads;
  }
}
