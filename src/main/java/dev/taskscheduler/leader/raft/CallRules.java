package dev.taskscheduler.leader.raft;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.FileChunkProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerReplyProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ProtoUtils;

/// Checks the calls and answers of other members before Ratis gets them; Ratis checks little
/// itself.
final class CallRules {
  /// A term may lie this far above the newest one known here. With an election every half second a
  /// group needs 97 days without this member to get so far; and it would take 2^39 calls, each
  /// written to the disk, to use up all terms.
  static final long MOST_TERMS_AHEAD = 1L << 24;

  private static final int MOST_MEMBERS = 64;
  private static final long MOST_SNAPSHOT_BYTES = 16L << 20;

  /// Ratis makes a directory by this name, and one file of this member's state machine in it.
  private static final Pattern SNAPSHOT_ID =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private static final Pattern SNAPSHOT_FILE = Pattern.compile("sm/snapshot\\.\\d{1,19}_\\d{1,19}");

  private final PeerDirectory membership;

  CallRules(PeerDirectory membership) {
    this.membership = membership;
  }

  /// Checks a call from another member.
  ///
  /// @return who says that it calls
  /// @throws PeerRefusedException if it may not be handed on
  RaftNode admit(RaftNettyServerRequestProto call) throws IOException {
    RaftNode caller = caller(header(call));
    switch (call.getRaftNettyServerRequestCase()) {
      case REQUESTVOTEREQUEST -> vote(call.getRequestVoteRequest());
      case APPENDENTRIESREQUEST -> append(call.getAppendEntriesRequest());
      case INSTALLSNAPSHOTREQUEST -> snapshot(call.getInstallSnapshotRequest());
      default -> { // header() refuses all but the four
        TermIndexProto last = call.getStartLeaderElectionRequest().getLeaderLastEntry();
        term(last.getTerm());
        place(last, last.getTerm());
      }
    }
    return caller;
  }

  /// The caller and the called one of a call that members make.
  ///
  /// @throws PeerRefusedException if it is another call
  static RaftRpcRequestProto header(RaftNettyServerRequestProto call) throws PeerRefusedException {
    return switch (call.getRaftNettyServerRequestCase()) {
      case REQUESTVOTEREQUEST -> call.getRequestVoteRequest().getServerRequest();
      case APPENDENTRIESREQUEST -> call.getAppendEntriesRequest().getServerRequest();
      case INSTALLSNAPSHOTREQUEST -> call.getInstallSnapshotRequest().getServerRequest();
      case STARTLEADERELECTIONREQUEST -> call.getStartLeaderElectionRequest().getServerRequest();
      // Ratis serves clients by the same port: whoever reaches it could transfer leadership, change
      // the members, or write into the log. Here all of that is called within the process.
      default ->
          throw new PeerRefusedException(
              "a call that members do not make: " + call.getRaftNettyServerRequestCase());
    };
  }

  private RaftNode caller(RaftRpcRequestProto request) throws PeerRefusedException {
    require(request.getRequestorId().size() <= MOST_MEMBERS, "an id that is too long");
    String id = request.getRequestorId().toStringUtf8();
    require(
        request.getReplyId().equals(id(membership.self())),
        "a call that is meant for another member");
    require(
        ProtoUtils.toRaftGroupId(request.getRaftGroupId()).equals(membership.group()),
        "a call of another group");
    require(request.getCallId() >= 0, "a negative call id");
    return membership
        .find(id)
        .orElseThrow(() -> new PeerRefusedException("a call from no member of this group"));
  }

  private static ByteString id(String id) {
    return RaftPeerId.valueOf(id).toByteString();
  }

  private void vote(RequestVoteRequestProto vote) throws IOException {
    term(vote.getCandidateTerm());
    place(vote.getCandidateLastEntry(), vote.getCandidateTerm());
  }

  private void append(AppendEntriesRequestProto append) throws IOException {
    long term = append.getLeaderTerm();
    term(term);
    place(append.getPreviousLog(), term);
    require(append.getLeaderCommit() >= -1, "a negative commit index");
    require(append.getCommitInfosCount() <= MOST_MEMBERS, "too many commit indices");
    for (LogEntryProto entry : append.getEntriesList()) {
      entry(entry, term);
    }
  }

  private static void entry(LogEntryProto entry, long leaderTerm) throws PeerRefusedException {
    require(entry.getTerm() >= 0 && entry.getTerm() <= leaderTerm, "an entry of a later term");
    require(entry.getIndex() >= 0, "an entry with a negative index");
    if (entry.hasConfigurationEntry()) {
      configuration(entry.getConfigurationEntry());
    }
  }

  private static void configuration(RaftConfigurationProto configuration)
      throws PeerRefusedException {
    for (List<RaftPeerProto> peers :
        List.of(
            configuration.getPeersList(),
            configuration.getOldPeersList(),
            configuration.getListenersList(),
            configuration.getOldListenersList())) {
      require(peers.size() <= MOST_MEMBERS, "too many members");
      for (RaftPeerProto peer : peers) {
        peer(peer);
      }
    }
  }

  /// Reads an address as text: no name is looked up.
  private static void peer(RaftPeerProto peer) throws PeerRefusedException {
    String id = peer.getId().toStringUtf8();
    require(RaftNode.isId(id), "a member whose id is malformed");
    try {
      RaftNode.parseAddress(id, peer.getAddress());
    } catch (IllegalArgumentException e) {
      throw new PeerRefusedException("a member whose address is malformed");
    }
  }

  private void snapshot(InstallSnapshotRequestProto install) throws IOException {
    term(install.getLeaderTerm());
    require(install.hasSnapshotChunk(), "a snapshot without data");
    var chunk = install.getSnapshotChunk();
    require(SNAPSHOT_ID.matcher(chunk.getRequestId()).matches(), "a snapshot with a foreign id");
    require(chunk.getRequestIndex() >= 0, "a snapshot with a negative index");
    place(chunk.getTermIndex(), install.getLeaderTerm());
    require(chunk.getFileChunksCount() == 1, "a snapshot of more than a file");
    FileChunkProto file = chunk.getFileChunks(0);
    require(
        SNAPSHOT_FILE.matcher(file.getFilename()).matches(), "a snapshot with a foreign file name");
    long size = chunk.getTotalSize(); // Ratis leaves the file's own at 0
    require(
        size >= 0
            && size <= MOST_SNAPSHOT_BYTES
            && file.getOffset() >= 0
            && file.getOffset() <= size - file.getData().size(),
        "a snapshot with bytes out of its bounds");
    configuration(chunk.getRaftConfiguration());
    if (install.hasLastRaftConfigurationLogEntryProto()) {
      entry(install.getLastRaftConfigurationLogEntryProto(), install.getLeaderTerm());
    }
  }

  /// Checks what a peer answers to a call of this member.
  RaftNettyServerReplyProto admit(RaftNode peer, RaftNettyServerReplyProto reply)
      throws IOException {
    switch (reply.getRaftNettyServerReplyCase()) {
      case REQUESTVOTEREPLY -> {
        answerer(peer, reply.getRequestVoteReply().getServerReply());
        term(reply.getRequestVoteReply().getTerm());
      }
      case APPENDENTRIESREPLY -> {
        var answer = reply.getAppendEntriesReply();
        answerer(peer, answer.getServerReply());
        term(answer.getTerm());
        require(
            answer.getNextIndex() >= -1
                && answer.getMatchIndex() >= -1
                && answer.getFollowerCommit() >= -1,
            "an answer with a negative index");
      }
      case INSTALLSNAPSHOTREPLY -> {
        answerer(peer, reply.getInstallSnapshotReply().getServerReply());
        term(reply.getInstallSnapshotReply().getTerm());
      }
      case STARTLEADERELECTIONREPLY ->
          answerer(peer, reply.getStartLeaderElectionReply().getServerReply());
      case EXCEPTIONREPLY -> {} // its text is cut and cleaned where it is shown
      default -> throw new PeerRefusedException("an answer that members do not give");
    }
    return reply;
  }

  private static void answerer(RaftNode peer, RaftRpcReplyProto answer)
      throws PeerRefusedException {
    require(answer.getReplyId().equals(id(peer.id())), "an answer of another member");
  }

  private void term(long term) throws IOException {
    require(term >= 0, "a negative term");
    require(
        term - membership.term() <= MOST_TERMS_AHEAD,
        "a term that is more than " + MOST_TERMS_AHEAD + " ahead");
  }

  /// A place in a log; Ratis writes -1 for the place before the first.
  private static void place(TermIndexProto place, long most) throws PeerRefusedException {
    require(place.getIndex() >= -1, "a negative index");
    require(place.getTerm() >= 0 && place.getTerm() <= most, "an entry of a later term");
  }

  private static void require(boolean holds, String refused) throws PeerRefusedException {
    if (!holds) {
      throw new PeerRefusedException(refused);
    }
  }
}
