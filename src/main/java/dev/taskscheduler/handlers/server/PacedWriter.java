package dev.taskscheduler.handlers.server;

import dev.taskscheduler.handlers.wire.Responses;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.time.Duration;

/// Cuts a client off that does not take its answer. A large answer is written in slices
/// ([Responses]), and each slice has a limit of its own: a client that takes no byte for that long,
/// or is slower than that on average, holds the answer's memory no longer. For one thread, that of
/// the connection.
///
/// Smaller writes are left to [RequestDeadline]: they hold little.
public final class PacedWriter implements DataWriter {
  /// For a slice, or what is less.
  public static final Duration LIMIT = Duration.ofSeconds(5);

  /// From this size on a write is watched.
  private static final int WATCHED = Responses.SLICE / 2;

  private final DataWriter socket;
  private final RequestDeadline deadline;
  private final BodyPace body;

  /// @param body of the request that is answered
  PacedWriter(DataWriter socket, RequestDeadline deadline, BodyPace body) {
    this.socket = socket;
    this.deadline = deadline;
    this.body = body;
  }

  @Override
  public void write(BufferData buffer) {
    body.answered();
    int length = buffer.available();
    if (length < WATCHED) {
      socket.write(buffer);
      return;
    }
    deadline.awaitPeer(LIMIT.multipliedBy(Math.ceilDiv(length, 2 * Responses.SLICE)), () -> {});
    try {
      socket.write(buffer);
    } finally {
      deadline.peerCame(); // too late: the thread is interrupted, and the socket closed
    }
  }

  @Override
  public void write(BufferData... buffers) {
    write(BufferData.create(buffers));
  }

  @Override
  public void writeNow(BufferData... buffers) {
    socket.writeNow(buffers);
  }

  @Override
  public void writeNow(BufferData buffer) {
    socket.writeNow(buffer);
  }

  @Override
  public void flush() {
    socket.flush();
  }

  @Override
  public void close() {
    socket.close();
  }
}
