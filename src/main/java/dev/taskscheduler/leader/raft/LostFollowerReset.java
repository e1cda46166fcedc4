package dev.taskscheduler.leader.raft;

import java.util.List;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;

/// A leader that believes a follower which says that it has less than it once had.
///
/// What a follower has confirmed never goes back in Raft, and so Ratis 3.3.0 sends to one whose
/// directory was emptied what comes after that, for as long as the same leader leads, and is
/// refused each time. Beginning anew with that follower sends it all, by snapshot where the log
/// does not reach back.
final class LostFollowerReset implements LeaderState {
  private static final System.Logger LOG = System.getLogger(LostFollowerReset.class.getName());

  /// Refusals in a row after which it is no matter of finding the common point any more.
  private static final int MANY = 50;

  private final LeaderState leader;
  private int refusals;

  LostFollowerReset(LeaderState leader) {
    this.leader = leader;
  }

  @Override
  public void onAppendEntriesReply(LogAppender appender, AppendEntriesReplyProto reply) {
    leader.onAppendEntriesReply(appender, reply);
    refusals = reply.getResult() == AppendResult.INCONSISTENCY ? refusals + 1 : 0;
    if (refusals == MANY) {
      LOG.log(
          System.Logger.Level.ERROR,
          () ->
              ("raft peer keeps a history that most others have lost, and cannot take part: "
                      + "stop it, empty its RAFT_DATA_DIR, start it; no task is lost by that peer=%s")
                  .formatted(appender.getFollowerId()));
    }
    long end = appender.getRaftLog().getNextIndex();
    if (refusals > 0 && appender.getFollower().getNextIndex() > end) {
      // It claims more than there is; asked from there on, it would never be found out.
      appender.getFollower().setNextIndex(end);
    }
    if (refusals > 0 && reply.getNextIndex() <= appender.getFollower().getMatchIndex()) {
      LOG.log(
          System.Logger.Level.WARNING,
          () -> "raft peer has lost its data, is brought back peer=" + appender.getFollowerId());
      leader.restart(appender);
    }
  }

  @Override
  public void restart(LogAppender appender) {
    leader.restart(appender);
  }

  @Override
  public AppendEntriesRequestProto newAppendEntriesRequestProto(
      FollowerInfo follower, List<LogEntryProto> entries, TermIndex previous, long callId) {
    return leader.newAppendEntriesRequestProto(follower, entries, previous, callId);
  }

  @Override
  public void checkHealth(FollowerInfo follower) {
    leader.checkHealth(follower);
  }

  @Override
  public boolean onFollowerTerm(FollowerInfo follower, long term) {
    return leader.onFollowerTerm(follower, term);
  }

  @Override
  public void onFollowerCommitIndex(FollowerInfo follower, long index) {
    leader.onFollowerCommitIndex(follower, index);
  }

  @Override
  public void onFollowerSuccessAppendEntries(FollowerInfo follower) {
    leader.onFollowerSuccessAppendEntries(follower);
  }

  @Override
  public boolean isFollowerBootstrapping(FollowerInfo follower) {
    return leader.isFollowerBootstrapping(follower);
  }
}
