package dev.taskscheduler.leader.raft;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.function.Consumer;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;

/// Turns Ratis's callbacks into [RaftEvent]s.
///
/// The callbacks come from several of Ratis's threads, some under its locks: they only pass an
/// event on. There is no state: a snapshot only lets the log be cut.
final class ElectionStateMachine extends BaseStateMachine {
  private static final String CONTENT = "no state\n"; // Ratis does not send an empty file

  private final Consumer<RaftEvent> events;
  private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();

  /// @param events must return at once
  ElectionStateMachine(Consumer<RaftEvent> events) {
    this.events = events;
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage raftStorage)
      throws IOException {
    getLifeCycle()
        .startAndTransition(
            () -> {
              super.initialize(server, group, raftStorage);
              storage.init(raftStorage);
              load();
            },
            IOException.class);
  }

  @Override
  public void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  /// A snapshot of the leader's has taken the place of what was here.
  @Override
  public void reinitialize() throws IOException {
    getLifeCycle().transition(LifeCycle.State.STARTING);
    storage.loadLatestSnapshot();
    load();
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  private void load() {
    SingleFileSnapshotInfo snapshot = storage.getLatestSnapshot();
    if (snapshot != null) {
      setLastAppliedTermIndex(snapshot.getTermIndex());
    }
  }

  @Override
  public SimpleStateMachineStorage getStateMachineStorage() {
    return storage;
  }

  @Override
  public long takeSnapshot() throws IOException {
    TermIndex last = getLastAppliedTermIndex();
    if (last.getIndex() < 0) {
      return RaftLog.INVALID_LOG_INDEX;
    }
    File file = storage.getSnapshotFile(last.getTerm(), last.getIndex());
    File part = new File(file.getPath() + ".part");
    Files.writeString(part.toPath(), CONTENT);
    Files.move(part.toPath(), file.toPath(), StandardCopyOption.REPLACE_EXISTING);
    MD5Hash digest = MD5FileUtil.computeAndSaveMd5ForFile(file);
    storage.updateLatestSnapshot(
        new SingleFileSnapshotInfo(new FileInfo(file.toPath(), digest), last));
    return last.getIndex();
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, @Nullable RaftPeerId leader) {
    if (leader != null) {
      events.accept(new RaftEvent.LeaderChanged(leader.toString()));
    }
  }

  @Override
  public void notifyLeaderReady() {
    events.accept(new RaftEvent.Ready());
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    events.accept(new RaftEvent.NotLeader());
  }

  @Override
  public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failed) {
    events.accept(new RaftEvent.LogFailed(String.valueOf(cause.getMessage())));
  }

  @Override
  public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
    events.accept(new RaftEvent.ServerDown());
  }
}
