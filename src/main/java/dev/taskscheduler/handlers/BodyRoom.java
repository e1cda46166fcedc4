package dev.taskscheduler.handlers;

import io.helidon.http.Status;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Bounds the memory that large request bodies take together: who comes when there is no room waits
/// with its body unread, so that its sender waits too. Small bodies pass freely. Safe for use by
/// many threads.
final class BodyRoom {
  private static final int KIB = 1024;

  /// A body is held several times on its way: as it came, as the parser's text, as the payload, as
  /// a record, and in the call to Redis. The rest of the heap is for all else.
  private static final int PART_OF_HEAP = 16;

  private static final int SMALL_KIB = 16;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  /// What is answered where there was no room in time.
  static final Problem NONE_LEFT =
      Problem.of(
              Status.SERVICE_UNAVAILABLE_503,
              "Nothing was kept: this node has as many large bodies to read as it has memory for. Try"
                  + " again later, or ask another node.")
          .retry(ErrorMapping.RETRY_SOON);

  private final int largestKib;
  private final Semaphore room;

  /// @param heapBytes the memory of the process
  /// @param maxBodyBytes no body is larger; there is always room for one
  BodyRoom(long heapBytes, int maxBodyBytes) {
    largestKib = Math.ceilDiv(maxBodyBytes, KIB);
    room =
        new Semaphore(
            (int) Math.clamp(heapBytes / PART_OF_HEAP / KIB, largestKib, Integer.MAX_VALUE), true);
  }

  /// What a body of some bytes counts; 0 for a small one.
  int weigh(long bytes) {
    long kib = Math.ceilDiv(bytes, (long) KIB);
    return kib <= SMALL_KIB ? 0 : (int) Math.min(kib, largestKib);
  }

  /// Waits for room.
  ///
  /// @return false if there was none in time
  boolean enter(int weight) {
    try {
      return weight == 0 || room.tryAcquire(weight, LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) { // the request's deadline
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void leave(int weight) {
    room.release(weight);
  }
}
