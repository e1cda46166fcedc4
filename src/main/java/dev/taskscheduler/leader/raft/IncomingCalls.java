package dev.taskscheduler.leader.raft;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.taskscheduler.process.VitalThreads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyExceptionReplyProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerReplyProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/// Takes connections and serves the calls of members that come by them, one after the other on each
/// connection. A thread of the platform each: their number is bounded, and a task that computes
/// cannot hold them up as it could hold up virtual ones.
final class IncomingCalls implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(IncomingCalls.class.getName());
  private static final int BACKLOG = 256;

  /// Twice what a caller keeps one idle for.
  private static final Duration MOST_IDLE = Duration.ofMinutes(1);

  private static final Duration MOST_AGE = OutgoingCalls.MOST_AGE.multipliedBy(2);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(100);

  private final RaftNode bind;
  private final PeerDirectory membership;
  private final PeerProof proof;
  private final CallRules rules;
  private final RaftServer server;
  private final IncomingConnections connections;
  private final Refusals refusals = new Refusals();
  private volatile ServerSocket socket;
  private volatile boolean closed;

  IncomingCalls(
      RaftNode bind,
      PeerDirectory membership,
      MemberAddresses addresses,
      PeerProof proof,
      CallRules rules,
      RaftServer server) {
    this.bind = bind;
    this.membership = membership;
    this.proof = proof;
    this.rules = rules;
    this.server = server;
    this.connections = new IncomingConnections(addresses);
    try {
      this.socket = new ServerSocket();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// @throws IOException if this node cannot listen there
  void start() throws IOException {
    socket.setReuseAddress(true);
    socket.bind(bind.socketAddress(), BACKLOG);
    VitalThreads.platform("raft-port", this::accept).start();
  }

  InetSocketAddress address() {
    return socket.isBound()
        ? (InetSocketAddress) socket.getLocalSocketAddress()
        : bind.socketAddress();
  }

  private void accept() {
    while (!closed) {
      try {
        Socket caller = socket.accept();
        connections
            .add(caller)
            .ifPresent(connection ->
                Thread.ofPlatform()
                    .daemon()
                    .name("raft-peer")
                    .start(() -> serve(caller, connection)));
      } catch (IOException e) {
        if (!closed) { // such as too many open files
          LOG.log(WARNING, () -> "raft port takes no connection for the moment why=" + e);
          LockSupport.parkNanos(PAUSE_AFTER_FAILURE.toNanos());
        }
      }
    }
  }

  private void serve(Socket caller, IncomingConnections.Entry entry) {
    try (caller) {
      caller.setTcpNoDelay(true);
      caller.setKeepAlive(true);
      serve(proof.answer(caller), entry);
    } catch (PeerRefusedException e) {
      refusals.log(caller, String.valueOf(e.getMessage()));
    } catch (javax.net.ssl.SSLException e) {
      refusals.log(caller, "TLS: " + e.getMessage());
    } catch (SocketTimeoutException | java.io.EOFException | SocketException e) {
      LOG.log(DEBUG, () -> "raft connection ended why=" + e);
    } catch (IOException | RuntimeException e) {
      refusals.log(caller, String.valueOf(e));
    } finally {
      entry.end();
    }
  }

  private void serve(PeerConnection connection, IncomingConnections.Entry entry)
      throws IOException {
    String first = "";
    while (!closed && connection.age().compareTo(MOST_AGE) < 0) {
      byte[] frame = connection.receive(PeerConnection.MOST_BYTES, MOST_IDLE);
      RaftNettyServerRequestProto call = RaftNettyServerRequestProto.parseFrom(frame);
      RaftNode member = rules.admit(call);
      if (!connection.proves(member) || !first.isEmpty() && !first.equals(member.id())) {
        throw new PeerRefusedException("a caller that has not proved to be " + member.id());
      }
      if (first.isEmpty()) {
        first = member.id();
        entry.proven(first);
      }
      connection.send(answer(call).toByteArray());
    }
  }

  private RaftNettyServerReplyProto answer(RaftNettyServerRequestProto call) throws IOException {
    try {
      return hand(call);
    } catch (IOException | RuntimeException e) { // Ratis throws either where a call does not fit
      LOG.log(DEBUG, "raft call failed", e);
      return RaftNettyServerReplyProto.newBuilder()
          .setExceptionReply(
              RaftNettyExceptionReplyProto.newBuilder()
                  .setRpcReply(failed(call))
                  .setException(ByteString.copyFromUtf8(String.valueOf(e))))
          .build();
    }
  }

  private RaftNettyServerReplyProto hand(RaftNettyServerRequestProto call) throws IOException {
    var reply = RaftNettyServerReplyProto.newBuilder();
    return switch (call.getRaftNettyServerRequestCase()) {
      case REQUESTVOTEREQUEST ->
          reply.setRequestVoteReply(server.requestVote(call.getRequestVoteRequest())).build();
      case APPENDENTRIESREQUEST ->
          reply.setAppendEntriesReply(server.appendEntries(call.getAppendEntriesRequest())).build();
      case INSTALLSNAPSHOTREQUEST ->
          reply
              .setInstallSnapshotReply(server.installSnapshot(call.getInstallSnapshotRequest()))
              .build();
      case STARTLEADERELECTIONREQUEST ->
          reply
              .setStartLeaderElectionReply(
                  server.startLeaderElection(call.getStartLeaderElectionRequest()))
              .build();
      default -> throw new IllegalStateException("not admitted before");
    };
  }

  private RaftRpcReplyProto failed(RaftNettyServerRequestProto call) throws IOException {
    RaftRpcRequestProto request = CallRules.header(call);
    return RaftRpcReplyProto.newBuilder()
        .setRequestorId(request.getRequestorId())
        .setReplyId(ByteString.copyFromUtf8(membership.self()))
        .setRaftGroupId(request.getRaftGroupId())
        .setCallId(request.getCallId())
        .setSuccess(false)
        .build();
  }

  @Override
  public void close() {
    closed = true;
    PeerConnection.close(socket);
    connections.close();
  }

  /// Logs refused connections, at most one every ten seconds: their senders could fill the log.
  private static final class Refusals {
    private static final long EVERY = TimeUnit.SECONDS.toNanos(10);
    private long logAt = System.nanoTime();
    private long unlogged;

    void log(Socket caller, String why) {
      long suppressed;
      synchronized (this) {
        if (System.nanoTime() - logAt < 0) {
          unlogged++;
          return;
        }
        logAt = System.nanoTime() + EVERY;
        suppressed = unlogged;
        unlogged = 0;
      }
      LOG.log(
          WARNING,
          () ->
              "raft connection refused from=%s others=%s why=%s"
                  .formatted(
                      caller.getRemoteSocketAddress(),
                      suppressed,
                      why.replaceAll("[^\\x20-\\x7e]", "?")));
    }
  }
}
