package dev.taskscheduler.leader.raft;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerReplyProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A Raft port that many addresses flood with silent connections.
@Timeout(60)
class RaftFloodIT {
  private static final Duration AT_MOST = Duration.ofSeconds(2);

  @TempDir private static Path folder;

  /// An attacker that holds a silent connection from each of many addresses, and opens it again
  /// soon after it was closed.
  private static final class Flood implements AutoCloseable {
    private static final int ADDRESSES = 70;
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final AtomicInteger opened = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    Flood(RaftNode target) {
      for (int i = 0; i < ADDRESSES; i++) {
        String from = "127.0.0." + (2 + i);
        threads.add(Thread.ofVirtual().start(() -> hold(from, target)));
      }
    }

    private void hold(String from, RaftNode target) {
      while (!over) {
        try (Socket socket = new Socket()) {
          socket.bind(new InetSocketAddress(from, 0));
          socket.connect(new InetSocketAddress(target.host(), target.port()));
          opened.incrementAndGet();
          int unused = socket.getInputStream().read(); // an interrupt closes it
        } catch (IOException e) {
          // Closed by the other side, or nobody listens yet.
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }

    void awaitFull() {
      Eventually.await("closed ones are opened again", () -> opened.get() > 2 * ADDRESSES);
    }

    @Override
    public void close() throws InterruptedException {
      over = true;
      for (Thread thread : threads) {
        thread.interrupt();
        thread.join();
      }
    }
  }

  private static RaftProtection.Secret secret() throws IOException {
    return new RaftProtection.Secret(
        Files.writeString(folder.resolve("secret"), "0123456789abcdef0123456789abcdef"));
  }

  /// One try to prove to be n1 to n0 and to be answered by it.
  private static boolean answered(RaftPeers peers, PeerProof proof, String from) {
    RaftNode n0 = peers.nodes().getFirst();
    RaftRpcRequestProto.Builder header =
        RaftRpcRequestProto.newBuilder()
            .setRequestorId(ByteString.copyFromUtf8("n1"))
            .setReplyId(ByteString.copyFromUtf8("n0"))
            .setRaftGroupId(
                ProtoUtils.toRaftGroupIdProtoBuilder(
                    RaftGroupId.valueOf(peers.config(0).groupId())))
            .setCallId(1);
    byte[] vote =
        RaftNettyServerRequestProto.newBuilder()
            .setRequestVoteRequest(
                RequestVoteRequestProto.newBuilder().setServerRequest(header).setCandidateTerm(1))
            .build()
            .toByteArray();
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
      socket.connect(new InetSocketAddress(n0.host(), n0.port()), (int) AT_MOST.toMillis());
      PeerConnection connection = proof.call(socket, n0);
      connection.send(vote);
      byte[] reply = connection.receive(PeerConnection.MOST_BYTES, AT_MOST);
      return RaftNettyServerReplyProto.parseFrom(reply).hasRequestVoteReply();
    } catch (IOException e) {
      return false;
    }
  }

  private static final class Floods extends Handler {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    @Override
    public void publish(LogRecord line) {
      if (line.getLevel().equals(Level.WARNING) && line.getMessage().contains("flooded")) {
        lines.add(line.getMessage());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void a_member_proves_itself_and_the_log_tells_of_the_flood() throws Exception {
    Logger log = Logger.getLogger(IncomingConnections.class.getName());
    Floods floods = new Floods();
    log.addHandler(floods);
    try (RaftPeers peers = new RaftPeers(3).protect(secret())) {
      peers.start(0);
      PeerProof proof = PeerProof.of(peers.config(1));
      try (var flood = new Flood(peers.nodes().getFirst())) {
        long start = System.nanoTime();
        flood.awaitFull();
        for (String from : List.of("127.0.0.1", "127.0.1.1")) { // that of members, and a new one
          Eventually.await(from, AT_MOST, () -> answered(peers, proof, from));
        }
        int lines = floods.lines.size();
        long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        assertTrue(lines >= 1 && lines <= 2 + seconds / 10, floods.lines::toString);
        assertTrue(floods.lines.peek().contains("count=1 last from=127.0.0."));
      }
    } finally {
      log.removeHandler(floods);
    }
  }

  @Test
  void a_group_elects_a_leader() throws Exception {
    try (RaftPeers peers = new RaftPeers(3).protect(secret());
        var one = new Flood(peers.nodes().get(0));
        var two = new Flood(peers.nodes().get(1));
        var three = new Flood(peers.nodes().get(2))) {
      peers.startAll();
      for (Flood flood : List.of(one, two, three)) {
        flood.awaitFull();
      }
      int leader = peers.awaitNominee();
      peers.stop(leader);
      assertTrue(peers.awaitNomineeOtherThan(leader) >= 0); // under full flood from the beginning
    }
  }
}
