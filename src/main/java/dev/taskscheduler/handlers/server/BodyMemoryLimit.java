package dev.taskscheduler.handlers.server;

import dev.taskscheduler.handlers.wire.Problem;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Bounds the memory that large request bodies take together. What counts is what has arrived, not
/// what a client announces. Where there is no room, a request waits with the rest of its body
/// unread, so that its sender waits too. Small bodies pass freely. Safe for use by many threads.
///
/// Requests wait while they hold what has arrived. So that they do not wait for each other for
/// ever, one of them may always go on, beyond the limit.
public final class BodyMemoryLimit {
  /// A body of so many bytes, or the beginning of a larger one, is not counted.
  public static final int SMALL = 16 * 1024;

  /// A body is held several times on its way: as it came, as the parser's text, as the payload, as
  /// a record, and in the call to Redis. The rest of the heap is for all else.
  private static final int PART_OF_HEAP = 16;

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final long most;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition freed = lock.newCondition();
  private long taken; // guarded by lock
  private boolean exceeded; // guarded by lock; one share goes beyond the limit

  /// @param heapBytes the memory of the process
  public BodyMemoryLimit(long heapBytes) {
    most = heapBytes / PART_OF_HEAP;
  }

  /// There was no room in time.
  public static final class NoRoom extends HttpException {
    private static final long serialVersionUID = 1;

    private static final String WHY =
        "this node has no memory for another large body. Try again later, or call"
            + " another node.";

    private NoRoom() {
      super("no memory for a large body", Status.SERVICE_UNAVAILABLE_503);
    }

    /// @param kept what became of the request
    public static Problem problem(String kept) {
      return Problem.of(Status.SERVICE_UNAVAILABLE_503, kept + ": " + WHY)
          .retry(ErrorMapping.RETRY_SOON);
    }
  }

  /// Room for one request; none at first.
  public Share share() {
    return new Share();
  }

  /// The room that one request has. For its thread.
  public final class Share implements AutoCloseable {
    private long held;
    private boolean exceeds; // the limit; guarded by lock

    /// Waits for room for so many bytes in all.
    ///
    /// @throws NoRoom if there is none in time; what was held stays
    public void atLeast(long bytes) {
      if (bytes > SMALL && bytes > held) {
        take(this, bytes - held);
        held = bytes;
      }
    }

    @Override
    public void close() {
      if (held > 0) {
        give(this);
      }
    }
  }

  private void take(Share share, long more) {
    lock.lock();
    try {
      long left = LONGEST_WAIT.toNanos();
      while (taken + more > most && exceeded && !share.exceeds) {
        if (left <= 0) {
          throw new NoRoom();
        }
        left = freed.awaitNanos(left);
      }
      if (taken + more > most) {
        exceeded = true;
        share.exceeds = true;
      }
      taken += more;
    } catch (InterruptedException e) { // the request's deadline
      Thread.currentThread().interrupt();
      throw new NoRoom();
    } finally {
      lock.unlock();
    }
  }

  private void give(Share share) {
    lock.lock();
    try {
      taken -= share.held;
      if (share.exceeds) {
        exceeded = false;
      }
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
