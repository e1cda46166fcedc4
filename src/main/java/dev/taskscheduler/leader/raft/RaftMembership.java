package dev.taskscheduler.leader.raft;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.leader.ElectionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftPeer;
import org.jspecify.annotations.Nullable;

/// Keeps the membership of the group while this node leads: it takes in newcomers. One thread owns
/// it; any may ask for [#status].
final class RaftMembership implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RaftMembership.class.getName());

  /// Elections that are tried in vain before a person is warned.
  private static final int ELECTIONS = 10;

  /// How long a member that finds less than a majority keeps from being ready.
  private static final Duration JOIN_LIMIT = Duration.ofSeconds(20);

  private static final Duration ADMIT_PAUSE = Duration.ofSeconds(5);

  /// A log that grows while leadership is handed on holds that up, and a leader may be a short one.
  private static final Duration ADMIT_DELAY = Duration.ofSeconds(1);

  private final RaftConfig config;
  private final Supplier<Optional<RaftMember>> member;
  private final Supplier<Optional<String>> trouble;
  private final PeerProbe reach;
  private CompletableFuture<?> admission = CompletableFuture.completedFuture(null);
  private boolean leads;
  private long admitAt;
  private String lastElected = "";
  private volatile long lastLed = System.nanoTime();
  private volatile boolean leaderless;
  private volatile boolean joined;
  private volatile long started = System.nanoTime();

  /// @param trouble what keeps this node's own member from taking part; empty when all is well
  RaftMembership(
      RaftConfig config,
      Supplier<Optional<RaftMember>> member,
      Supplier<Optional<String>> trouble) {
    this.trouble = trouble;
    this.config = config;
    this.member = member;
    this.reach = new PeerProbe(() -> others().values());
  }

  void start() {
    lastLed = System.nanoTime();
    started = lastLed;
    reach.start();
  }

  /// A member that has not answered for longer is taken to be away.
  Duration answersWithin() {
    return config.electionMax().multipliedBy(2);
  }

  /// Takes note of a leader.
  ///
  /// @return false if that was known
  boolean elected(String leader) {
    String elected = leader + " term=" + member.get().map(RaftMember::term).orElse(0L);
    if (elected.equals(lastElected)) {
      return false;
    }
    lastElected = elected;
    LOG.log(INFO, () -> "raft leader elected leader=" + elected);
    return true;
  }

  void look(RaftMember now) {
    watchLeader(now);
    joined |= now.leader().isPresent() && now.caughtUp() || leftAlone(now);
    long nanos = System.nanoTime();
    boolean ready = now.ready();
    if (ready && !leads) {
      admitAt = nanos + ADMIT_DELAY.toNanos();
    }
    leads = ready;
    if (ready && nanos - admitAt >= 0 && admission.isDone()) {
      admitAt = nanos + ADMIT_PAUSE.toNanos();
      admission = admitNewcomer(now);
    }
  }

  /// Where most are away there is nobody to wait for: submissions need no leader.
  private boolean leftAlone(RaftMember now) {
    Collection<RaftPeer> members = now.members();
    long reached =
        members.stream().filter(peer -> reach.reached(peer.getId().toString())).count() + 1;
    return System.nanoTime() - started > JOIN_LIMIT.toNanos()
        && !members.isEmpty()
        && reached <= members.size() / 2;
  }

  /// Whether this member has once been led, or has led, with all applied that it knew of.
  boolean joined() {
    return joined;
  }

  private void watchLeader(RaftMember now) {
    long nanos = System.nanoTime();
    if (now.leader().isPresent()) {
      lastLed = nanos;
      if (leaderless) {
        leaderless = false;
        LOG.log(INFO, "raft group has a leader again");
      }
    } else if (!leaderless && nanos - lastLed > ELECTIONS * config.electionMax().toNanos()) {
      leaderless = true;
      LOG.log(WARNING, () -> "raft group without a leader: " + leaderlessProblem(peers(now)));
    }
  }

  /// Whether nobody has led the group for this long, as this member knows.
  boolean leaderlessFor(Duration time) {
    return System.nanoTime() - lastLed > time.toNanos();
  }

  /// What a leader owes its group; one thing at a time, again and again until all is done.
  private CompletableFuture<?> admitNewcomer(RaftMember now) {
    List<String> members = now.members().stream().map(peer -> peer.getId().toString()).toList();
    for (RaftNode node : config.nodes()) {
      if (!members.contains(node.id()) && reach.reached(node.id())) {
        return now.takeIn(node)
            .whenComplete((reply, failure) -> logOutcome("newcomer " + node, failure));
      }
    }
    return CompletableFuture.completedFuture(null);
  }

  private static void logOutcome(String change, @Nullable Throwable failure) {
    if (failure == null) {
      LOG.log(INFO, () -> "raft group has accepted change=" + change);
    } else {
      LOG.log(
          WARNING,
          () -> "raft group has not accepted, again later change=" + change + " why=" + failure);
    }
  }

  /// Everyone but this node, on record or listed; the list knows the newer address.
  private Map<String, RaftNode> others() {
    Map<String, RaftNode> all = new LinkedHashMap<>();
    config.nodes().forEach(node -> all.put(node.id(), node));
    Collection<RaftPeer> record = member.get().map(RaftMember::members).orElse(List.of());
    for (RaftPeer peer : record) {
      String id = peer.getId().toString();
      all.computeIfAbsent(id, unlisted -> RaftNode.parseAddress(id, peer.getAddress()));
    }
    all.remove(config.node());
    return all;
  }

  ElectionStatus status() {
    Optional<RaftMember> now = member.get();
    if (now.isEmpty() || !now.get().running()) {
      String why = trouble.get().map(text -> ": " + text).orElse("");
      Optional<String> down = Optional.of("the Raft server of this node is down" + why);
      return new ElectionStatus(0, down, List.of(), config.warning());
    }
    List<ElectionStatus.Peer> peers = peers(now.get());
    Optional<String> problem = trouble.get().or(() -> whyUnled(peers));
    return new ElectionStatus(now.get().term(), problem, peers, config.warning());
  }

  private Optional<String> whyUnled(List<ElectionStatus.Peer> peers) {
    if (peers.isEmpty()) {
      return Optional.of("this node waits until a leader whose RAFT_NODES name it takes it in");
    }
    return leaderless ? Optional.of(leaderlessProblem(peers)) : Optional.empty();
  }

  private String leaderlessProblem(List<ElectionStatus.Peer> peers) {
    long reached = peers.stream().filter(ElectionStatus.Peer::reachable).count();
    return "no Raft leader: this node reaches %s of %s members, itself among them; it takes %s%s"
        .formatted(
            reached,
            peers.size(),
            peers.size() / 2 + 1,
            reached > peers.size() / 2 ? whyNobody(peers) : "");
  }

  /// Enough are there, and yet nobody is elected.
  private String whyNobody(List<ElectionStatus.Peer> peers) {
    List<String> away =
        peers.stream().filter(peer -> !peer.reachable()).map(ElectionStatus.Peer::id).toList();
    boolean empty = member.get().map(RaftMember::empty).orElse(false);
    return (empty
            ? ". This node's Raft log is empty (its directory was lost), and"
            : ". The log of one of them may be empty (its directory was lost), and")
        + " an empty one may not elect a leader before it was brought up to date."
        + (config.protection() instanceof RaftProtection.None
            ? " Or a Raft port is flooded: see the logs."
            : " Or they do not admit each other (%s), or a Raft port is flooded: see the logs."
                .formatted(config.protection().word()))
        + (away.isEmpty() ? "" : " Start " + String.join(", ", away) + ".")
        + " If an empty log is the cause and that does not help, stop all members, empty every"
        + " RAFT_DATA_DIR and start them: no task is lost";
  }

  private List<ElectionStatus.Peer> peers(RaftMember now) {
    Map<String, Duration> answered = now.answered();
    Map<String, RaftNode> others = others();
    List<ElectionStatus.Peer> peers = new ArrayList<>();
    for (RaftPeer peer : now.members()) {
      String id = peer.getId().toString();
      boolean own = id.equals(config.node());
      RaftNode node = others.get(id);
      Duration age = answered.get(id);
      boolean reachable =
          own || (age == null ? reach.reached(id) : age.compareTo(answersWithin()) <= 0);
      peers.add(
          new ElectionStatus.Peer(
              id, node == null ? peer.getAddress() : node.address(), reachable));
    }
    peers.sort(Comparator.comparing(ElectionStatus.Peer::id));
    return peers;
  }

  @Override
  public void close() {
    reach.close();
  }
}
