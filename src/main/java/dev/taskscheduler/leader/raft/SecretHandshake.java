package dev.taskscheduler.leader.raft;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;

/// Proves on both sides of a new connection that they know the secret of the group, before any
/// message is parsed.
///
/// ```
/// caller -> hello: version, group, caller's id, called one's id, 32 random bytes
/// called -> 32 random bytes
/// caller -> HMAC(secret, "caller", all of the above)
/// called -> HMAC(secret, "called", all of the above)
/// ```
///
/// The random bytes of both sides make each proof good for one connection, the roles and ids make
/// it good for one direction between these two. The called one proves nothing before the caller
/// has. The keys of the [FrameSeal]s are made the same way.
final class SecretHandshake {
  private static final byte[] VERSION = "task-scheduler raft 1".getBytes(StandardCharsets.US_ASCII);
  private static final int NONCE = 32;
  private static final int PROOF = 32;
  private static final int MOST_ID = 64;
  private static final int MOST_HELLO = VERSION.length + 2 * Long.BYTES + 2 * (1 + MOST_ID) + NONCE;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final UUID group;
  private final String self;
  private final SharedSecret secret;
  private final Duration wait;

  /// @param wait for each answer of the other side
  SecretHandshake(UUID group, String self, SharedSecret secret, Duration wait) {
    this.group = group;
    this.self = self;
    this.secret = secret;
    this.wait = wait;
  }

  /// As the one that calls.
  ///
  /// @throws PeerRefusedException if the called one does not prove itself
  void call(PeerConnection connection, String called) throws IOException {
    byte[] hello = hello(called);
    connection.send(hello);
    byte[] key = secret.first();
    try {
      byte[] challenge = connection.receive(NONCE, wait);
      connection.send(FrameSeal.hmac(key, text("caller"), hello, challenge));
      if (!MessageDigest.isEqual(
          connection.receive(PROOF, wait), FrameSeal.hmac(key, text("called"), hello, challenge))) {
        throw new PeerRefusedException(called + " does not know the secret of RAFT_SECRET_FILE");
      }
      connection.seal(
          seal(key, "from caller", hello, challenge), seal(key, "from called", hello, challenge));
    } catch (EOFException e) {
      throw new IOException(
          called
              + " does not admit this node: compare RAFT_SECRET_FILE, REDIS_NAMESPACE, NODE_ID and"
              + " RAFT_NODES of both",
          e);
    }
  }

  /// As the one that is called.
  ///
  /// @return the id that the caller has proved to bear, as one that knows the secret
  /// @throws PeerRefusedException if it has not
  String answer(PeerConnection connection) throws IOException {
    byte[] hello = connection.receive(MOST_HELLO, wait);
    String caller = caller(hello);
    byte[] challenge = random();
    connection.send(challenge);
    byte[] proof = connection.receive(PROOF, wait);
    for (byte[] key : secret.all()) {
      if (MessageDigest.isEqual(proof, FrameSeal.hmac(key, text("caller"), hello, challenge))) {
        connection.send(FrameSeal.hmac(key, text("called"), hello, challenge));
        connection.seal(
            seal(key, "from called", hello, challenge), seal(key, "from caller", hello, challenge));
        return caller;
      }
    }
    throw new PeerRefusedException("a caller that does not know the secret of RAFT_SECRET_FILE");
  }

  private byte[] hello(String called) {
    byte[] from = text(self);
    byte[] to = text(called);
    return ByteBuffer.allocate(
            VERSION.length + 2 * Long.BYTES + 1 + from.length + 1 + to.length + NONCE)
        .put(VERSION)
        .putLong(group.getMostSignificantBits())
        .putLong(group.getLeastSignificantBits())
        .put((byte) from.length)
        .put(from)
        .put((byte) to.length)
        .put(to)
        .put(random())
        .array();
  }

  private String caller(byte[] hello) throws PeerRefusedException {
    ByteBuffer in = ByteBuffer.wrap(hello);
    try {
      byte[] version = new byte[VERSION.length];
      in.get(version);
      if (!MessageDigest.isEqual(version, VERSION)) {
        throw new PeerRefusedException("a caller that does not begin with a handshake");
      }
      UUID theirs = new UUID(in.getLong(), in.getLong());
      String from = id(in);
      String to = id(in);
      if (in.remaining() != NONCE || !theirs.equals(group)) {
        throw new PeerRefusedException("a caller of another group");
      }
      if (!to.equals(self)) {
        throw new PeerRefusedException("a caller that looks for " + to);
      }
      return from;
    } catch (java.nio.BufferUnderflowException e) {
      throw new PeerRefusedException("a caller that does not begin with a handshake");
    }
  }

  private static String id(ByteBuffer in) throws PeerRefusedException {
    byte[] id = new byte[in.get() & 0xff];
    in.get(id);
    String text = new String(id, StandardCharsets.UTF_8);
    if (!RaftNode.isId(text)) {
      throw new PeerRefusedException("a caller whose id is malformed");
    }
    return text;
  }

  private static FrameSeal seal(byte[] key, String direction, byte[] hello, byte[] challenge) {
    return FrameSeal.of(FrameSeal.hmac(key, text(direction), hello, challenge));
  }

  private static byte[] random() {
    byte[] bytes = new byte[NONCE];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
