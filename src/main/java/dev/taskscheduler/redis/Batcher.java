package dev.taskscheduler.redis;

import dev.taskscheduler.process.VitalThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Sends operations in batches: the first goes at once, and those that arrive during its call go
/// together in the next call.
///
/// There is one call at a time, by a virtual thread of its own that is never interrupted. Kinds of
/// calls that must not delay each other need a batcher each.
///
/// @param <Q> one operation
/// @param <A> its answer
public final class Batcher<Q, A> implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Batcher.class.getName());

  /// So many waiting operations are sent without waiting for more.
  private static final int FULL_ENOUGH = 32;

  /// Sends operations together.
  public interface Call<Q, A> {
    /// Returns one answer for each operation, in their order; an exception is the answer to all.
    List<A> call(List<Q> operations);
  }

  /// The limits of a batcher.
  ///
  /// @param operations in one call
  /// @param bytes in one call; a single larger operation goes alone
  /// @param waiting operations that may wait; one more is rejected
  /// @param waitingBytes bytes that may wait; an operation that finds more waiting is rejected
  /// @param maxWait of an operation; it is rejected after
  public record Limits(
      int operations, long bytes, int waiting, long waitingBytes, Duration maxWait) {}

  private record Waiting<Q, A>(
      Q operation, long size, long sinceNanos, CompletableFuture<A> answer) {}

  private final Limits limits;
  private final ToLongFunction<Q> size;
  private final Call<Q, A> call;
  private final ConcurrentLinkedQueue<Waiting<Q, A>> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicReference<@Nullable Thread> parked = new AtomicReference<>();
  private final Thread flusher;
  private volatile boolean closed;
  private volatile boolean ended;

  /// @param size of an operation in bytes, as it counts for the limits
  public Batcher(String name, Limits limits, ToLongFunction<Q> size, Call<Q, A> call) {
    this.limits = limits;
    this.size = size;
    this.call = call;
    this.flusher = VitalThreads.virtual(name, this::flush);
    flusher.start();
  }

  /// Adds an operation. The future fails with the exception of the call, or with
  /// [RejectedExecutionException] when the operation was not sent: too many wait, it waited too
  /// long, or the batcher is closed.
  ///
  /// Actions that depend on the future run on the thread of the batcher and must be quick.
  public CompletableFuture<A> add(Q operation) {
    if (closed) {
      return CompletableFuture.failedFuture(new RejectedExecutionException("closed"));
    }
    long bytes = size.applyAsLong(operation);
    long bytesBefore = waitingBytes.getAndAdd(bytes);
    if (waiting.incrementAndGet() > limits.waiting() || bytesBefore > limits.waitingBytes()) {
      int others = waiting.decrementAndGet();
      waitingBytes.addAndGet(-bytes);
      return CompletableFuture.failedFuture(
          new RejectedExecutionException(others + " calls already wait for Redis"));
    }
    CompletableFuture<A> answer = new CompletableFuture<>();
    queue.add(new Waiting<>(operation, bytes, System.nanoTime(), answer));
    if (ended) {
      rejectAll(); // the flusher may not have seen it
    }
    Thread sleeper = parked.getAndSet(null);
    if (sleeper != null) {
      LockSupport.unpark(sleeper);
    }
    return answer;
  }

  private void rejectAll() {
    for (Waiting<Q, A> next = queue.poll(); next != null; next = queue.poll()) {
      next.answer.completeExceptionally(new RejectedExecutionException("closed"));
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // a hint that costs nothing where it does not help
  private void flush() {
    List<Waiting<Q, A>> batch = new ArrayList<>();
    while (true) {
      if (waiting.get() < FULL_ENOUGH) {
        Thread.yield(); // lets others add first: fewer, larger calls
      }
      take(batch);
      if (batch.isEmpty()) {
        if (closed) {
          ended = true; // from now on `add` rejects late operations itself
          rejectAll();
          return;
        }
        parked.set(Thread.currentThread());
        if (queue.isEmpty() && !closed) {
          LockSupport.park(this);
        }
        parked.set(null);
        continue;
      }
      send(batch);
      batch.forEach(this::uncount);
      batch.clear();
    }
  }

  private void uncount(Waiting<Q, A> operation) {
    waiting.decrementAndGet();
    waitingBytes.addAndGet(-operation.size);
  }

  private void take(List<Waiting<Q, A>> batch) {
    long bytes = 0;
    long now = System.nanoTime();
    while (batch.size() < limits.operations()) {
      Waiting<Q, A> next = queue.peek();
      if (next == null || (!batch.isEmpty() && bytes + next.size > limits.bytes())) {
        return;
      }
      queue.remove();
      if (now - next.sinceNanos > limits.maxWait().toNanos()) {
        uncount(next);
        next.answer.completeExceptionally(
            new RejectedExecutionException(
                "the call waited longer than " + limits.maxWait().toMillis() + " ms in the queue"));
        continue;
      }
      bytes += next.size;
      batch.add(next);
    }
  }

  @SuppressWarnings("CatchingUnchecked") // an exception is the answer, and the batcher goes on
  private void send(List<Waiting<Q, A>> batch) {
    List<Q> operations = new ArrayList<>(batch.size());
    batch.forEach(entry -> operations.add(entry.operation));
    try {
      List<A> answers = call.call(operations);
      if (answers.size() != batch.size()) {
        throw new IllegalStateException(
            answers.size() + " answers to " + batch.size() + " operations");
      }
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).answer.complete(answers.get(i));
      }
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.DEBUG, "batch failed", e);
      batch.forEach(entry -> entry.answer.completeExceptionally(e));
    }
  }

  /// Accepts nothing more, sends the waiting operations and ends; waits at most five seconds.
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(flusher);
    VitalThreads.join(flusher, Duration.ofSeconds(5));
  }
}
