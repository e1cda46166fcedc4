package dev.taskscheduler.node;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Claims;
import dev.taskscheduler.task.StoreException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Keeps the attempts that one leadership interrupted, or whose end it could not write, while Redis
/// was away. This process is alive, so they need not count as lost: they are requeued uncharged,
/// under the token of that leadership, as long as no other node has acquired the lease. The script
/// checks that.
final class Unsettled {
  private static final System.Logger LOG = System.getLogger(Unsettled.class.getName());

  /// A task that has started so often counts as lost all the same: it may be the cause that Redis
  /// or this node goes away.
  private static final int MOST_STARTS = 20;

  private final FencingToken token;
  private final Claims store;
  private final WorkListener listener;
  private final Map<String, Claim> claims = new ConcurrentHashMap<>();

  Unsettled(FencingToken token, Claims store, WorkListener listener) {
    this.token = token;
    this.store = store;
    this.listener = listener;
  }

  void add(Claim claim) {
    if (claim.attempt() <= MOST_STARTS) {
      claims.put(claim.id(), claim);
    }
  }

  /// @param running ids whose threads are not over: they stay, and count as lost
  /// @return false if Redis did not take them
  boolean settle(Collection<String> running, Duration longest) {
    List<Claim> all =
        claims.values().stream()
            .filter(claim -> !running.contains(claim.id()))
            .sorted(
                Comparator.comparing(Claim::id).reversed()) // the oldest last, to the very front
            .toList();
    List<CompletableFuture<Boolean>> calls =
        all.stream().map(claim -> store.requeue(token, claim, Duration.ZERO)).toList();
    long end = System.nanoTime() + longest.toNanos();
    int back = 0;
    try {
      for (CompletableFuture<Boolean> call : calls) {
        if (call.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
          back++;
          listener.finished("requeued", Duration.ZERO);
        }
      }
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof StoreException.Fenced)) {
        LOG.log(DEBUG, "tasks not requeued yet", e.getCause());
        return false;
      } // another leads: it has taken them back
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    claims.clear();
    if (back > 0) {
      int count = back;
      LOG.log(INFO, () -> "tasks interrupted while redis was down requeued count=" + count);
    }
    return true;
  }
}
