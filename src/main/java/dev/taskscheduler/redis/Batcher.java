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

/// Sends what waits at the same moment in one call: the first goes at once, what comes while it is
/// under way goes together.
///
/// One lane: one call at a time, by a virtual thread of its own that nobody interrupts. Use several
/// batchers for kinds of calls that must not hold each other up.
///
/// @param <Q> one operation
/// @param <A> its answer
public final class Batcher<Q, A> implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Batcher.class.getName());

  /// So many are worth a call of their own.
  private static final int FEW = 32;

  /// Sends operations together.
  public interface Call<Q, A> {
    /// Gives one answer for each operation, in their order; what it throws is the answer to all of
    /// them.
    List<A> call(List<Q> operations);
  }

  /// What bounds a batcher.
  ///
  /// @param operations in one call, at the most
  /// @param bytes in one call, at the most; a single larger operation goes alone
  /// @param waiting operations that may wait; one more is rejected
  /// @param waitingBytes bytes that may wait; an operation that finds more waiting is rejected
  /// @param longestWait how long an operation may wait to be sent; rejected after
  public record Limits(
      int operations, long bytes, int waiting, long waitingBytes, Duration longestWait) {}

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

  /// @param size an operation's size in bytes, as far as it counts for the limit
  public Batcher(String name, Limits limits, ToLongFunction<Q> size, Call<Q, A> call) {
    this.limits = limits;
    this.size = size;
    this.call = call;
    this.flusher = VitalThreads.virtual(name, this::flush);
    flusher.start();
  }

  /// Adds an operation; its answer comes as a future, which fails with what the call threw, or with
  /// [RejectedExecutionException] when it was never sent: too many wait already, it waited too
  /// long, or the batcher is closed.
  ///
  /// What depends on the future runs on the lane's thread: it must be quick.
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
          new RejectedExecutionException(others + " operations wait for Redis already"));
    }
    CompletableFuture<A> answer = new CompletableFuture<>();
    queue.add(new Waiting<>(operation, bytes, System.nanoTime(), answer));
    if (ended) {
      rejectAll(); // the flusher may not have seen it any more
    }
    Thread sleeper = parked.getAndSet(null);
    if (sleeper != null) {
      LockSupport.unpark(sleeper);
    }
    return answer;
  }

  private void rejectAll() {
    for (Waiting<Q, A> left = queue.poll(); left != null; left = queue.poll()) {
      left.answer.completeExceptionally(new RejectedExecutionException("closed"));
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // a hint that costs nothing where it does not help
  private void flush() {
    List<Waiting<Q, A>> batch = new ArrayList<>();
    while (true) {
      if (waiting.get() < FEW) {
        Thread.yield(); // whoever is about to add something goes first: fewer, larger calls
      } // else Redis works on what waits while those who were just answered go on
      take(batch);
      if (batch.isEmpty()) {
        if (closed) {
          ended = true; // from here on `add` itself rejects what it added too late
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
      batch.forEach(this::left);
      batch.clear();
    }
  }

  private void left(Waiting<Q, A> operation) {
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
      if (now - next.sinceNanos > limits.longestWait().toNanos()) {
        left(next);
        next.answer.completeExceptionally(
            new RejectedExecutionException(
                "it waited longer than " + limits.longestWait().toMillis() + " ms for its turn"));
        continue;
      }
      bytes += next.size;
      batch.add(next);
    }
  }

  @SuppressWarnings(
      "CatchingUnchecked") // whatever the call throws is the answer to those who wait, and the lane
  // goes on
  private void send(List<Waiting<Q, A>> batch) {
    List<Q> operations = new ArrayList<>(batch.size());
    batch.forEach(w -> operations.add(w.operation));
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
      batch.forEach(w -> w.answer.completeExceptionally(e));
    }
  }

  /// Takes nothing more, sends what waits, and ends; waits five seconds at the most.
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(flusher);
    try {
      flusher.join(5000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
