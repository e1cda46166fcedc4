package dev.taskscheduler.audit.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.audit.AuditEntry;
import dev.taskscheduler.audit.AuditTrail;
import dev.taskscheduler.redis.Admission;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.Redis;
import dev.taskscheduler.redis.ScriptArgs;
import dev.taskscheduler.task.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The audit as a list in Redis that all nodes write to and each can show.
///
/// A thread of its own calls Redis, so that no change waits for its entry. Entries that do not fit
/// into its queue, or that Redis does not take, are counted and logged; the log has each of them
/// anyway.
public final class RedisAudit implements AuditTrail, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RedisAudit.class.getName());
  private static final LuaScript RECORD = LuaScript.load(RedisAudit.class, "audit-record");
  private static final LuaScript NEWEST = LuaScript.load(RedisAudit.class, "audit-newest");
  private static final int MOST_WAITING = 1_000;
  private static final int MOST_AT_ONCE = 100;
  private static final Duration LAST_ENTRIES = Duration.ofSeconds(2);
  private static final int PARTS = 7;

  private final Redis redis;
  private final List<byte[]> keys;
  private final Admission admission;
  private final BlockingQueue<AuditEntry> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final AtomicLong lost = new AtomicLong();
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(2 * MOST_WAITING), // flushes, and questions
          Thread.ofPlatform().daemon().name("audit").factory());
  private boolean failing; // only the thread's

  public RedisAudit(Redis redis, Namespace ns) {
    this.redis = redis;
    this.keys = List.of(ns.key("audit"));
    this.admission = new Admission(redis, ns);
  }

  @Override
  public void record(AuditEntry entry) {
    if (!waiting.offer(entry)) {
      lost.incrementAndGet();
      return;
    }
    try {
      thread.execute(this::flush);
    } catch (RejectedExecutionException e) { // the next flush takes it, or the node ends
      LOG.log(System.Logger.Level.DEBUG, () -> "audit entry waits why=" + e.getMessage());
    }
  }

  @SuppressWarnings("CatchingUnchecked") // a failed entry must not stop the next ones
  private void flush() {
    List<AuditEntry> batch = new ArrayList<>();
    if (waiting.drainTo(batch, MOST_AT_ONCE) == 0) {
      return; // an earlier flush took them
    }
    try {
      admission.require();
      List<byte[]> entries = batch.stream().map(RedisAudit::text).toList();
      redis.eval(RECORD, keys, ScriptArgs.of(MOST, entries));
      tellLost();
      failing = false;
    } catch (RuntimeException e) {
      lost.addAndGet(batch.size());
      if (!failing) {
        LOG.log(
            System.Logger.Level.WARNING,
            () -> "audit entries cannot be kept, they stand in the log alone why=" + e);
      }
      failing = true;
    }
  }

  private void tellLost() {
    long count = lost.getAndSet(0);
    if (count > 0) {
      LOG.log(
          System.Logger.Level.WARNING,
          () -> "audit entries were not kept, they stand in the log alone count=" + count);
    }
  }

  private static byte[] text(AuditEntry entry) {
    return String.join(
            "\t", entry.by(), entry.address(), entry.node(), entry.action(), entry.subject())
        .getBytes(UTF_8);
  }

  @Override
  public List<Kept> newest(OptionalLong before, int limit) {
    try {
      return StoreException.await(CompletableFuture.supplyAsync(() -> read(before, limit), thread));
    } catch (RejectedExecutionException e) {
      throw new StoreException.Refused("reading the audit: this node is too busy", e);
    }
  }

  private List<Kept> read(OptionalLong before, int limit) {
    try {
      List<?> answer = (List<?>) redis.eval(NEWEST, keys, ScriptArgs.of(before.orElse(0), limit));
      return answer.stream()
          .map(entry -> kept(new String((byte[]) entry, UTF_8)))
          .flatMap(Optional::stream)
          .toList();
    } catch (RuntimeException e) {
      throw new StoreException.Refused("reading the audit: " + e.getMessage(), e);
    }
  }

  /// Empty for what no node wrote: it is passed over.
  private static Optional<Kept> kept(String text) {
    String[] parts = text.split("\t", -1);
    if (parts.length != PARTS || !parts[0].matches("\\d{1,15}") || !parts[1].matches("\\d{1,15}")) {
      return Optional.empty();
    }
    return Optional.of(
        new Kept(
            Long.parseLong(parts[0]),
            Instant.ofEpochMilli(Long.parseLong(parts[1])),
            new AuditEntry(parts[2], parts[3], parts[4], parts[5], parts[6])));
  }

  /// Waits a little for the last entries.
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(LAST_ENTRIES.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "audit entries may not have been kept");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
