package dev.taskscheduler.leader.raft;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A connection on which whole frames travel: a length (varint32, as Ratis's own Netty transport
/// writes it), the bytes, and a seal where the group shares a secret. One thread at a time.
final class PeerConnection implements AutoCloseable {
  /// More than any call of a group that only elects: Ratis is set to send far less at once.
  static final int MOST_BYTES = 1 << 20;

  /// From a frame's first byte to its last.
  private static final Duration FRAME_LIMIT = Duration.ofSeconds(5);

  private static final int CHUNK = 8 << 10;
  private static final int LENGTH_BYTES = 3; // of 2^20, seven bits a byte
  private static final int SEVEN_BITS = 0x7f;
  private static final int MORE = 0x80;

  private final Socket raw;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final long openedAt = System.nanoTime();
  private FrameSeal sentSeal = FrameSeal.NONE;
  private FrameSeal receivedSeal = FrameSeal.NONE;
  private Predicate<RaftNode> proves = member -> true;
  private long idleSince = openedAt;

  /// @param raw what is closed: at once, whoever reads or writes
  /// @param socket the same, or TLS over it
  PeerConnection(Socket raw, Socket socket) throws IOException {
    this.raw = raw;
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), CHUNK);
    this.out = socket.getOutputStream();
  }

  /// Seals all frames from now on.
  void seal(FrameSeal sent, FrameSeal received) {
    this.sentSeal = sent;
    this.receivedSeal = received;
  }

  /// @param proves whether the peer has proved to be this member
  void identity(Predicate<RaftNode> proves) {
    this.proves = proves;
  }

  boolean proves(RaftNode member) {
    return proves.test(member);
  }

  void send(byte[] frame) throws IOException {
    if (frame.length > MOST_BYTES) {
      throw new IOException("a frame of " + frame.length + " bytes is not sent");
    }
    var bytes = new ByteArrayOutputStream(frame.length + CHUNK);
    int rest = frame.length;
    while (rest > SEVEN_BITS) {
      bytes.write(rest & SEVEN_BITS | MORE);
      rest >>>= Integer.bitCount(SEVEN_BITS);
    }
    bytes.write(rest);
    bytes.write(frame);
    bytes.write(sentSeal.next(frame));
    out.write(bytes.toByteArray());
    out.flush();
    idleSince = System.nanoTime();
  }

  /// Waits for a frame and reads it whole.
  ///
  /// @param most bytes
  /// @param wait for its first byte
  /// @throws EOFException if the peer has closed the connection before the first byte
  byte[] receive(int most, Duration wait) throws IOException {
    int first = readByte(System.nanoTime() + wait.toNanos());
    long deadline = System.nanoTime() + FRAME_LIMIT.toNanos();
    int length = length(first, deadline);
    if (length > most) {
      throw new PeerRefusedException("a frame of " + length + " bytes, of at most " + most);
    }
    byte[] frame = readWhole(length, deadline);
    byte[] seal = readWhole(receivedSeal.size(), deadline);
    if (!MessageDigest.isEqual(seal, receivedSeal.next(frame))) {
      throw new PeerRefusedException("a frame whose seal is wrong");
    }
    idleSince = System.nanoTime();
    return frame;
  }

  private int length(int first, long deadline) throws IOException {
    int length = first & SEVEN_BITS;
    int last = first;
    for (int i = 1; (last & MORE) != 0; i++) {
      if (i == LENGTH_BYTES) {
        throw new PeerRefusedException("a frame longer than 1 MiB");
      }
      last = readByte(deadline);
      length |= (last & SEVEN_BITS) << i * Integer.bitCount(SEVEN_BITS);
    }
    return length;
  }

  /// Takes memory for what has arrived, not for what a length announces.
  private byte[] readWhole(int length, long deadline) throws IOException {
    var bytes = new ByteArrayOutputStream(Math.min(length, CHUNK));
    byte[] chunk = new byte[Math.min(length, CHUNK)];
    while (bytes.size() < length) {
      int most = Math.min(chunk.length, length - bytes.size());
      bytes.write(chunk, 0, read(chunk, most, deadline));
    }
    return bytes.toByteArray();
  }

  private int readByte(long deadline) throws IOException {
    byte[] one = new byte[1];
    int unused = read(one, 1, deadline);
    return one[0] & 0xff;
  }

  /// Reads up to `most` bytes, at least one.
  private int read(byte[] into, int most, long deadline) throws IOException {
    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    if (left <= 0) {
      throw new SocketTimeoutException("the peer was silent for too long");
    }
    socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
    int read = in.read(into, 0, most);
    if (read < 0) {
      throw new EOFException("the peer has closed the connection");
    }
    return read;
  }

  /// What must be closed to end all reading and writing at once.
  Socket raw() {
    return raw;
  }

  Duration age() {
    return Duration.ofNanos(System.nanoTime() - openedAt);
  }

  Duration idle() {
    return Duration.ofNanos(System.nanoTime() - idleSince);
  }

  @Override
  public void close() {
    close(raw);
  }

  /// Closes a socket of the Raft port; one that fails to close is of no use either.
  static void close(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      System.getLogger(PeerConnection.class.getName())
          .log(System.Logger.Level.DEBUG, "raft connection did not close", e);
    }
  }
}
