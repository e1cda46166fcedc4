package dev.taskscheduler.leader.raft;

import static java.lang.System.Logger.Level.WARNING;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerReplyProto;
import org.apache.ratis.proto.netty.NettyProtos.RaftNettyServerRequestProto;
import org.apache.ratis.protocol.exceptions.AlreadyClosedException;
import org.apache.ratis.protocol.exceptions.TimeoutIOException;

/// Calls to other members. Each call has a connection for itself while it lasts; afterwards the
/// next one to the same member takes it. Safe for use by several threads.
final class OutgoingCalls implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(OutgoingCalls.class.getName());
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(1);

  /// As long as Ratis's own transport waits for an answer, beyond what the call itself says.
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

  private static final Duration MOST_EXTRA = Duration.ofMinutes(1);

  /// Beyond it a connection is not used again: the other side closes one that is idle for twice as
  /// long, and a new certificate or secret is in use everywhere after a while.
  private static final Duration MOST_IDLE = Duration.ofSeconds(30);

  static final Duration MOST_AGE = Duration.ofMinutes(10);
  private static final int MOST_IDLE_CONNECTIONS = 3;
  private static final int MOST_TEXT = 300;

  private final PeerDirectory membership;
  private final MemberAddresses addresses;
  private final PeerProof proof;
  private final CallRules rules;
  private final Map<String, Deque<PeerConnection>> idle = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("raft-call-", 0).factory());
  private final Refusals refusals = new Refusals();
  private volatile boolean closed;

  /// @param addresses that learn where members are called
  OutgoingCalls(
      PeerDirectory membership, MemberAddresses addresses, PeerProof proof, CallRules rules) {
    this.membership = membership;
    this.addresses = addresses;
    this.proof = proof;
    this.rules = rules;
  }

  /// Calls a member and waits for its answer. A thread that is interrupted stops waiting at once.
  RaftNettyServerReplyProto call(String to, long extraMs, RaftNettyServerRequestProto request)
      throws IOException {
    RaftNode peer =
        membership.find(to).orElseThrow(() -> new IOException(to + " is no member of this group"));
    Duration limit = ANSWER_LIMIT.plusMillis(Math.clamp(extraMs, 0, MOST_EXTRA.toMillis()));
    Exchange exchange = new Exchange(peer, request.toByteArray(), limit);
    try {
      Future<RaftNettyServerReplyProto> answer = threads.submit(exchange::run);
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("a call to " + peer).initCause(e);
    } catch (TimeoutException e) {
      throw new TimeoutIOException(peer + " has not answered within " + limit, e);
    } catch (ExecutionException e) {
      throw new IOException("a call to " + peer + " failed: " + e.getCause(), e.getCause());
    } catch (RejectedExecutionException e) {
      throw new AlreadyClosedException("calls to " + peer + " have ended", e);
    } finally {
      exchange.end();
    }
  }

  /// Gives up the connections to a member that no call uses.
  void drop(String peer) {
    Deque<PeerConnection> mine = idle.get(peer);
    if (mine != null) {
      synchronized (mine) {
        mine.forEach(PeerConnection::close);
        mine.clear();
      }
    }
  }

  private Deque<PeerConnection> idle(String peer) {
    return idle.computeIfAbsent(peer, id -> new ArrayDeque<>());
  }

  /// One call. What it uses is closed from outside if it takes too long.
  private final class Exchange {
    private final RaftNode peer;
    private final byte[] request;
    private final Duration limit;
    private Socket socket = new Socket();
    private boolean over;
    private boolean kept;

    Exchange(RaftNode peer, byte[] request, Duration limit) {
      this.peer = peer;
      this.request = request;
      this.limit = limit;
    }

    RaftNettyServerReplyProto run() throws IOException {
      PeerConnection used = takeIdle();
      if (used != null) {
        try {
          return exchange(used);
        } catch (EOFException | SocketException e) {
          // The peer has started anew since. Every call may arrive twice.
          used.close();
        }
      }
      return exchange(open());
    }

    private @org.jspecify.annotations.Nullable PeerConnection takeIdle() {
      Deque<PeerConnection> mine = idle(peer.id());
      synchronized (mine) {
        while (!mine.isEmpty()) {
          PeerConnection next = mine.pollFirst();
          if (next.idle().compareTo(MOST_IDLE) < 0 && next.age().compareTo(MOST_AGE) < 0) {
            return next;
          }
          next.close();
        }
      }
      return null;
    }

    private PeerConnection open() throws IOException {
      Socket fresh = new Socket();
      hold(fresh);
      fresh.setTcpNoDelay(true);
      fresh.setKeepAlive(true);
      InetSocketAddress address = peer.socketAddress();
      if (!address.isUnresolved()) {
        addresses.add(address.getAddress());
      }
      fresh.connect(address, (int) CONNECT_LIMIT.toMillis());
      try {
        return proof.call(fresh, peer);
      } catch (IOException e) {
        refusals.log(peer, e);
        throw e;
      }
    }

    private synchronized void hold(Socket fresh) throws IOException {
      socket = fresh;
      if (over) {
        fresh.close();
      }
    }

    private RaftNettyServerReplyProto exchange(PeerConnection connection) throws IOException {
      boolean sound = false;
      try {
        hold(connection.raw());
        connection.send(request);
        var reply =
            rules.admit(
                peer,
                RaftNettyServerReplyProto.parseFrom(
                    connection.receive(PeerConnection.MOST_BYTES, limit)));
        sound = true;
        if (reply.hasExceptionReply()) {
          throw new IOException(peer + ": " + text(reply));
        }
        return reply;
      } finally {
        if (sound) {
          keep(connection);
        } else {
          connection.close();
        }
      }
    }

    private synchronized void keep(PeerConnection connection) {
      Deque<PeerConnection> mine = idle(peer.id());
      synchronized (mine) {
        if (closed || over || mine.size() >= MOST_IDLE_CONNECTIONS) {
          connection.close();
        } else {
          kept = true;
          mine.addFirst(connection);
        }
      }
    }

    /// Closes what this call still holds.
    synchronized void end() {
      over = true;
      if (!kept) {
        PeerConnection.close(socket);
      }
    }
  }

  /// What a peer says of its failure: text, and never an object.
  private static String text(RaftNettyServerReplyProto reply) {
    String text = reply.getExceptionReply().getException().toStringUtf8();
    String cut = text.substring(0, Math.min(text.length(), MOST_TEXT));
    return cut.replaceAll("[^\\x20-\\x7e]", "?");
  }

  /// Logs that a peer and this member do not know each other, once a minute for each at the most:
  /// Ratis calls again several times a second.
  private static final class Refusals {
    private static final long EVERY = TimeUnit.MINUTES.toNanos(1);
    private final Map<String, Long> loggedAt = new ConcurrentHashMap<>();

    void log(RaftNode peer, IOException why) {
      long now = System.nanoTime();
      Long last = loggedAt.get(peer.id());
      if (last == null || now - last > EVERY) {
        loggedAt.put(peer.id(), now);
        LOG.log(
            WARNING,
            () ->
                "raft peer and this node do not admit each other peer=%s why=%s"
                    .formatted(peer, why.getMessage()));
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    threads.shutdownNow();
    idle.keySet().forEach(this::drop);
  }
}
