package dev.taskscheduler.leader.raft;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Starts the member of this node, whatever its directory looks like, and says in the log what a
/// person should know of it.
final class RaftStartup {
  private static final System.Logger LOG = System.getLogger(RaftStartup.class.getName());

  /// What the operating system says, and Ratis where another holds its lock.
  private static final List<String> MACHINE =
      List.of(
          "No space left",
          "Disk quota exceeded",
          "Read-only file system",
          "Input/output error",
          "Too many open files",
          "Permission denied",
          "Cannot lock storage",
          "NO_SPACE",
          "NON_EXISTENT");

  private final RaftConfig config;
  private final Consumer<RaftEvent> events;

  RaftStartup(RaftConfig config, Consumer<RaftEvent> events) {
    this.config = config;
    this.events = events;
  }

  /// Ratis would find out only after its group of one has led already.
  ///
  /// @throws IllegalStateException if this node cannot listen at `RAFT_BIND_ADDR`
  void checkAddress() {
    RaftNode bind = config.bind();
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(bind.socketAddress());
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalStateException(
          "Raft cannot listen on RAFT_BIND_ADDR %s: %s. Give each node an address of its own."
              .formatted(bind.address(), e.getMessage()),
          e);
    }
  }

  /// Starts from what the directory holds; where that is damaged, as an empty member.
  ///
  /// @throws IOException if it cannot start for another reason: what the directory holds stays
  RaftMember open(RaftDirectory directory) throws IOException {
    directory.proveWritable();
    directory.check();
    boolean known = directory.hasData();
    RaftMember member;
    try {
      member = start(known);
    } catch (IOException e) {
      if (!known || ofTheMachine(e)) {
        throw e;
      }
      directory.proveWritable(); // else it is the disk that was at fault
      directory.setAside(String.valueOf(e.getMessage()));
      member = start(false);
    }
    log(member, known);
    return member;
  }

  /// Whether a start failed for what the machine refused, and not for what was read.
  private static boolean ofTheMachine(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      String message = String.valueOf(e.getMessage());
      if (e instanceof FileSystemException
          || e instanceof SocketException
          || MACHINE.stream().anyMatch(message::contains)) {
        return true;
      }
    }
    return false;
  }

  private RaftMember start(boolean known) throws IOException {
    boolean waits = !known && config.bootstrap() == RaftConfig.Bootstrap.FALSE;
    return RaftMember.start(config, waits ? List.of() : config.nodes(), events);
  }

  private void log(RaftMember member, boolean known) {
    Set<String> onRecord =
        member.members().stream()
            .map(peer -> peer.getId().toString())
            .collect(Collectors.toCollection(TreeSet::new));
    LOG.log(
        INFO,
        () ->
            "raft member starts node=%s bind=%s members=%s term=%s data=%s protected by=%s"
                .formatted(
                    config.node(),
                    config.bind().address(),
                    onRecord,
                    member.term(),
                    known ? "found" : "none",
                    config.protection().word()));
    config.warning().ifPresent(text -> LOG.log(WARNING, text));
    if (known && config.bootstrap() == RaftConfig.Bootstrap.TRUE) {
      LOG.log(INFO, "raft bootstrap ignored, this node has data of a cluster already");
    }
    if (onRecord.isEmpty()) {
      LOG.log(INFO, "raft member waits to be taken in, RAFT_BOOTSTRAP is false");
      return;
    }
    Set<String> listed =
        config.nodes().stream().map(RaftNode::id).collect(Collectors.toCollection(TreeSet::new));
    if (!onRecord.equals(listed)) {
      LOG.log(
          WARNING,
          () ->
              ("raft members differ from RAFT_NODES, the record wins; a leader takes in who "
                      + "is missing, and nobody is removed record=%s listed=%s")
                  .formatted(onRecord, listed));
    }
    if (onRecord.size() == 2) {
      LOG.log(
          WARNING, "raft group of two: it cannot survive the loss of one; use three nodes, or one");
    }
  }
}
