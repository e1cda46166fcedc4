package dev.taskscheduler.handlers.server;

import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Bounds the memory that large answers take together, from before they are made until the client
/// has taken them. A request for one waits while there is no room, and is refused where there is
/// none in time. All other requests pass freely.
public final class ResponseMemory implements Filter {
  private static final int KIB = 1024;
  private static final int PART_OF_HEAP = 8;

  /// So often an answer with a payload is held while it is made: as Redis gave it, as text, as
  /// JSON.
  private static final int COPIES = 4;

  /// What Helidon makes of the API document or the metrics.
  private static final int DOCUMENT_KIB = 256;

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private static final Problem NONE_LEFT =
      Problem.of(
              Status.SERVICE_UNAVAILABLE_503,
              "This node has no memory for another large response. Try again later, or"
                  + " call another node.")
          .retry(ErrorMapping.RETRY_SOON);

  private final Semaphore freeKib;
  private final int tasksKib;
  private final int documentKib;

  /// @param heapBytes the memory of the process
  /// @param maxBodyBytes no payload is larger
  public ResponseMemory(long heapBytes, int maxBodyBytes) {
    int all = (int) Math.clamp(heapBytes / PART_OF_HEAP / KIB, 1, Integer.MAX_VALUE);
    freeKib = new Semaphore(all, true);
    tasksKib = Math.min(all, Math.ceilDiv(maxBodyBytes, KIB) * COPIES);
    documentKib = Math.min(all, DOCUMENT_KIB);
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest req, RoutingResponse res) {
    int kib = kib(req);
    if (kib == 0) {
      chain.proceed();
    } else if (entered(kib)) {
      Lease lease = new Lease(kib);
      if (kib == tasksKib) {
        res.beforeSend(() -> lease.shrink(sizeKib(res)));
      }
      try {
        chain.proceed();
      } finally {
        lease.shrink(0);
      }
    } else {
      Responses.problem(req, res, NONE_LEFT);
    }
  }

  /// At the most, before the answer is known; 0 for one that is never large, or not made for one
  /// request alone.
  private int kib(RoutingRequest req) {
    if (!req.prologue().method().equals(Method.GET)) {
      return 0;
    }
    String path = req.path().path();
    return switch (path) {
      case Paths.METRICS, Paths.OPENAPI -> documentKib;
      default ->
          path.startsWith("/tasks") || path.startsWith("/schedules") || path.equals("/queues")
              ? tasksKib
              : 0;
    };
  }

  /// Of an answer that is made. [Responses] gives the length of a large one before it sends it.
  private static int sizeKib(RoutingResponse res) {
    return (int) (res.headers().contentLength().orElse(0) / KIB);
  }

  private boolean entered(int kib) {
    try {
      return freeKib.tryAcquire(kib, LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) { // the request's deadline
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// What one answer holds. For the request's thread.
  private final class Lease {
    private int kib;

    private Lease(int kib) {
      this.kib = kib;
    }

    private void shrink(int needed) {
      if (needed < kib) {
        freeKib.release(kib - needed);
        kib = needed;
      }
    }
  }
}
