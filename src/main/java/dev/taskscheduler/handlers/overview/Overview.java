package dev.taskscheduler.handlers.overview;

import dev.taskscheduler.handlers.auth.Caller;
import dev.taskscheduler.handlers.cluster.LeaderHandler;
import dev.taskscheduler.handlers.cluster.LeaderView;
import dev.taskscheduler.handlers.cluster.StoreJson;
import dev.taskscheduler.handlers.tasks.StatsJson;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.leader.Leader;
import dev.taskscheduler.task.ActivityCounts;
import dev.taskscheduler.task.ClusterQueries;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Situation;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.StoreHealth;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Makes the document that sums up the whole scheduler, at most once a second, however many ask for
/// it: by one question to Redis, and what this node knows anyway.
///
/// While Redis does not answer it has no counts, rather than old ones.
public final class Overview {
  private static final System.Logger LOG = System.getLogger(Overview.class.getName());
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final Sources sources;
  private final InstantSource clock;
  private final AtomicReference<@Nullable Version> newest = new AtomicReference<>();

  /// What the document is made of; all but the question to Redis is answered at once.
  ///
  /// @param node this node's id
  /// @param version of this program
  /// @param workers tasks that this node runs at once while it leads
  /// @param fileProblems what is wrong with files that are read again
  public record Sources(
      String node,
      String version,
      ClusterQueries cluster,
      Supplier<StoreHealth> store,
      LeaderView leader,
      int workers,
      Supplier<List<String>> fileProblems) {}

  /// A document that is there, or is being made.
  private record Version(long sinceNanos, CompletableFuture<byte[]> document) {
    boolean isFresh(long now) {
      return !document.isDone() || now - sinceNanos < FRESH.toNanos();
    }
  }

  public Overview(Sources sources, InstantSource clock) {
    this.sources = sources;
    this.clock = clock;
  }

  /// The document, in UTF-8, on one line; at most a second old.
  public byte[] document() {
    while (true) {
      Version known = newest.get();
      if (known != null && known.isFresh(System.nanoTime())) {
        return StoreException.await(known.document);
      }
      Version next = new Version(System.nanoTime(), new CompletableFuture<>());
      if (newest.compareAndSet(known, next)) {
        // On a thread of its own: the one that asks first may be interrupted, and others wait too.
        Thread.ofVirtual().name("overview").start(() -> make(next.document));
      }
    }
  }

  @SuppressWarnings("CatchingUnchecked") // those who wait must not wait for ever
  private void make(CompletableFuture<byte[]> made) {
    try {
      made.complete(make());
    } catch (RuntimeException | Error e) {
      made.completeExceptionally(e);
    }
  }

  private byte[] make() {
    StoreHealth seen = sources.store().get();
    Optional<Situation> situation = seen.available() ? situation() : Optional.empty();
    StoreHealth store = situation.isPresent() ? seen : seen.silent();
    Optional<Leader> leader = sources.leader().leader();
    List<Problem> problems = new Problems(sources, store, situation).all();
    return JsonText.object(json -> {
      json.writeStringProperty("at", JsonText.time(clock.instant()));
      json.writeStringProperty("node", sources.node());
      json.writeStringProperty("version", sources.version());
      problems(json, problems);
      json.writeObjectPropertyStart("leader");
      LeaderHandler.write(json, leader, sources.leader());
      json.writeEndObject();
      situation.ifPresent(now -> counts(json, now));
      StoreJson.write(json, Caller.current(), store);
    });
  }

  private Optional<Situation> situation() {
    try {
      return Optional.of(sources.cluster().situation());
    } catch (StoreException e) {
      LOG.log(System.Logger.Level.DEBUG, "no answer", e);
      return Optional.empty();
    }
  }

  private static void problems(JsonGenerator json, List<Problem> problems) {
    json.writeArrayPropertyStart("problems");
    for (Problem problem : problems) {
      json.writeStartObject();
      json.writeStringProperty("level", JsonText.word(problem.level()));
      json.writeStringProperty("code", problem.code());
      json.writeStringProperty("text", JsonText.outside(problem.text()));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /// A second, in the last full minute; to a hundredth.
  private static void rates(JsonGenerator json, ActivityCounts minute) {
    json.writeObjectPropertyStart("rates");
    json.writeNumberProperty("submitted", rate(minute.submitted()));
    json.writeNumberProperty("started", rate(minute.started()));
    json.writeNumberProperty("completed", rate(minute.completed()));
    json.writeNumberProperty("failed", rate(minute.failed()));
    json.writeEndObject();
  }

  private static double rate(long inMinute) {
    return Math.round(inMinute * 100 / 60.0) / 100.0;
  }

  private void counts(JsonGenerator json, Situation now) {
    StatsJson.write(json, now.tasks());
    if (sources.leader().leads()) { // no other node knows how many workers the leader has
      json.writeObjectPropertyStart("workers");
      json.writeNumberProperty(
          "running", Math.min(now.tasks().counts().running(), sources.workers()));
      json.writeNumberProperty("size", sources.workers());
      json.writeEndObject();
    }
    json.writeObjectPropertyStart("queues");
    json.writeNumberProperty("closed", now.closed().count());
    json.writeNumberProperty(
        "paused",
        now.tasks().paused().keySet().stream().filter(Pause.OfQueue.class::isInstance).count());
    json.writeEndObject();
    json.writeObjectPropertyStart("schedules");
    json.writeNumberProperty("overdue", now.overdue().count());
    json.writeNumberProperty("total", now.schedules());
    json.writeEndObject();
    rates(json, now.lastMinute());
  }
}
