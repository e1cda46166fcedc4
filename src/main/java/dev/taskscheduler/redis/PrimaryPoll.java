package dev.taskscheduler.redis;

import dev.taskscheduler.redis.PrimaryQuestion.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/// Finds the primary by asking several servers at once. It waits for the answers of more than half
/// of them and a little longer, or for the time limit, and believes the newest configuration.
///
/// One server alone may be wrong: a Sentinel or a node that is cut off from the others still names
/// the former primary. Callers that ask at the same time share one round of questions.
final class PrimaryPoll implements PrimaryLookup {
  /// For so long an answer serves the next callers: a pool makes many connections at once.
  private static final Duration KEPT_FOR = Duration.ofMillis(500);

  private static final System.Logger LOG = System.getLogger(PrimaryPoll.class.getName());

  /// A former primary accepts writes that will be lost, until it is demoted or left.
  private static final Duration ASK_EVERY = Duration.ofMillis(250);

  /// The one that led a failover knows of it first: so long, others than the first half may answer.
  private static final Duration FOR_THE_REST = Duration.ofMillis(50);

  private final PrimaryQuestion question;
  private final RedisConfig config;
  private final List<Asked> servers;
  private final Function<RedisAddress, Connection> connector;
  private final Duration limit;
  private final boolean watched;
  private final AtomicReference<@Nullable CompletableFuture<View>> running =
      new AtomicReference<>();
  private volatile @Nullable Found found;
  private volatile @Nullable RedisAddress last;

  /// Where open connections lead to, as far as it is known: all since [#forget].
  private final Set<RedisAddress> given = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  private record Found(View view, long nanos) {}

  /// What became of one question: a view, or why there is none.
  private record Reply(Optional<View> view, String failure) {}

  /// @param connector makes a connection to one of the servers
  /// @param limit of one round of questions
  /// @param watched whether to ask all the time, on connections that stay open
  PrimaryPoll(
      RedisConfig config,
      PrimaryQuestion question,
      List<RedisAddress> servers,
      Function<RedisAddress, Connection> connector,
      Duration limit,
      boolean watched) {
    this.config = config;
    this.question = question;
    this.connector = connector;
    this.limit = limit;
    this.watched = watched;
    this.servers = servers.stream().map(Asked::new).toList();
  }

  @Override
  public RedisAddress primary() {
    Found known = found;
    RedisAddress primary =
        known != null && System.nanoTime() - known.nanos < KEPT_FOR.toNanos()
            ? known.view.primary()
            : look().primary();
    last = primary;
    given.add(primary);
    return primary;
  }

  @Override
  public Optional<RedisAddress> last() {
    return Optional.ofNullable(last);
  }

  @Override
  public void forget() {
    given.clear();
    Found known = found;
    if (known != null) { // still the newest view, but it must not serve without a question
      found = new Found(known.view, System.nanoTime() - KEPT_FOR.toNanos());
    }
  }

  @Override
  public Optional<Duration> watchEvery() {
    return watched ? Optional.of(ASK_EVERY) : Optional.empty();
  }

  @Override
  public boolean moved() {
    return !given.isEmpty() && !given.equals(Set.of(look().primary()));
  }

  private View look() {
    CompletableFuture<View> mine = new CompletableFuture<>();
    CompletableFuture<View> others = running.compareAndExchange(null, mine);
    if (others != null) {
      return await(others);
    }
    try {
      mine.complete(poll());
    } catch (RuntimeException e) {
      mine.completeExceptionally(e);
    } finally {
      running.set(null);
    }
    return await(mine);
  }

  private static View await(CompletableFuture<View> view) {
    try {
      return view.join();
    } catch (CompletionException e) {
      throw new JedisConnectionException(ConnectFailure.message(ConnectFailure.innermost(e)), e);
    }
  }

  private View poll() {
    Found known = found;
    List<String> failures = new ArrayList<>();
    Optional<View> newest = ask(servers, known, failures);
    if (newest.isEmpty() && known != null) {
      List<Asked> more = known.view.others().stream().map(Asked::new).toList();
      newest = ask(more, known, failures);
      more.forEach(Asked::forget);
    }
    if (newest.isEmpty()) {
      throw new JedisConnectionException(question.what() + ": " + String.join("; ", failures));
    }
    found = new Found(newest.get(), System.nanoTime());
    return newest.get();
  }

  /// The newest view of those that are asked. Less than half of them are not believed if they are
  /// behind what was known before.
  private Optional<View> ask(List<Asked> all, @Nullable Found known, List<String> failures) {
    BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
    for (Asked each : all) {
      Thread.ofVirtual().name("redis-primary").start(() -> replies.add(each.ask()));
    }
    List<View> views = new ArrayList<>();
    long end = System.nanoTime() + limit.toNanos();
    for (int i = 0; i < all.size() && System.nanoTime() - end < 0; i++) {
      Optional<Reply> reply = next(replies, end - System.nanoTime());
      if (reply.isEmpty()) {
        failures.add("no answer within " + limit.toMillis() + " ms");
        break;
      }
      reply.get().view.ifPresentOrElse(views::add, () -> failures.add(reply.get().failure));
      if (views.size() == all.size() / 2 + 1) {
        end = Math.min(end, System.nanoTime() + FOR_THE_REST.toNanos());
      }
    }
    boolean most = views.size() > all.size() / 2;
    Stream<View> before =
        most || known == null || views.isEmpty() ? Stream.of() : Stream.of(known.view);
    return Stream.concat(views.stream(), before)
        .reduce((one, other) -> other.epoch() > one.epoch() ? other : one);
  }

  private static Optional<Reply> next(BlockingQueue<Reply> replies, long nanos) {
    try {
      return Optional.ofNullable(replies.poll(nanos, TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JedisConnectionException("interrupted while asking for the primary", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    servers.forEach(Asked::forget);
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (JedisException e) {
      LOG.log(System.Logger.Level.DEBUG, "the connection failed at close", e);
    }
  }

  /// One server, and a connection to it that no question uses right now.
  private final class Asked {
    private final RedisAddress address;
    private final AtomicReference<@Nullable Connection> open = new AtomicReference<>();

    private Asked(RedisAddress address) {
      this.address = address;
    }

    private Reply ask() {
      Connection kept = open.getAndSet(null);
      if (kept != null) {
        try {
          return asked(kept);
        } catch (JedisConnectionException e) {
          LOG.log(System.Logger.Level.DEBUG, "a connection was closed meanwhile", e);
        } catch (RuntimeException e) {
          return failed(e);
        }
      }
      try {
        return asked(connector.apply(address));
      } catch (RuntimeException e) { // also an answer that nobody foresaw
        return failed(e);
      }
    }

    private Reply asked(Connection connection) {
      boolean answered = false;
      try {
        View view = question.ask(connection, address);
        answered = true;
        return new Reply(Optional.of(view), "");
      } finally {
        if (!answered || !watched || closed || !open.compareAndSet(null, connection)) {
          close(connection);
        } else if (closed) {
          forget();
        }
      }
    }

    private Reply failed(RuntimeException e) {
      String why = question.explained(ConnectFailure.of(e, config));
      return new Reply(Optional.empty(), address + " " + why);
    }

    private void forget() {
      Connection kept = open.getAndSet(null);
      if (kept != null) {
        close(kept);
      }
    }
  }
}
