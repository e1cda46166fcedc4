package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.ScriptCalls.text;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.queue.QueuePage;
import dev.taskscheduler.queue.QueueSettings;
import dev.taskscheduler.queue.QueueSort;
import dev.taskscheduler.queue.QueueSource;
import dev.taskscheduler.queue.QueueView;
import dev.taskscheduler.queue.Queues;
import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.QueueName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Keeps the settings of queues, and shows what stands in queues.
final class RedisQueues implements Queues {
  private static final LuaScript SET = LuaScript.load(RedisQueues.class, "queue-set");
  private static final LuaScript OPEN = LuaScript.load(RedisQueues.class, "queue-open");
  private static final LuaScript NAMES = LuaScript.load(RedisQueues.class, "queue-names");
  private static final LuaScript SHOW = LuaScript.load(RedisQueues.class, "queue-show");

  private static final int PAGE = 500;

  /// Queues that a call shows, so that it holds Redis for a millisecond or two.
  private static final int SHOWN_AT_ONCE = 100;

  private static final Pattern SUBMITTED = Pattern.compile("[0-9a-f]{13}");
  private static final Pattern PLACE = Pattern.compile("\\d{1,6}");

  private static final Duration FRESH = Duration.ofSeconds(1);

  /// All queues.
  ///
  /// @param cut whether there are more than [Queues#MOST_SORTED]
  /// @param until when it is read again, by the monotonic clock
  private record Snapshot(List<QueueView> queues, boolean cut, long until) {}

  private final RedisTaskCommands commands;
  private Snapshot snapshot = new Snapshot(List.of(), false, System.nanoTime()); // guarded by this

  /// @param commands sends the calls, one after the other
  RedisQueues(RedisTaskCommands commands) {
    this.commands = commands;
  }

  @Override
  public Change put(String name, QueueSettings settings) {
    return change(name, "put", QueueSettingsCodec.write(settings).getBytes(UTF_8));
  }

  @Override
  public Change delete(String name) {
    return change(name, "delete", new byte[0]);
  }

  @Override
  public Change pause(String name, String note) {
    return change(name, "pause", note.replaceAll("\\p{Cntrl}+", " ").getBytes(UTF_8));
  }

  @Override
  public Change resume(String name) {
    return change(name, "resume", new byte[0]);
  }

  private Change change(String name, String action, byte[] value) {
    Object answer =
        commands.send(SET, name, action, value, MOST_SETTINGS, MOST_PATTERNS, Pause.MOST);
    Change change = Change.valueOf(text(answer).toUpperCase(Locale.ROOT));
    if (change == Change.DONE) {
      for (Priority priority : Priority.values()) {
        String last = "";
        do {
          last = text(commands.send(OPEN, name, priority.wire(), last, PAGE));
        } while (!last.isEmpty());
      }
    }
    return change;
  }

  @Override
  public QueueView show(String name) {
    return views(List.of(name)).getFirst();
  }

  @Override
  public List<QueueSource> patterns() {
    List<?> shown = (List<?>) ((List<?>) commands.send(SHOW, "*")).getFirst();
    return sources(shown.subList(1, shown.size()));
  }

  @Override
  public Optional<QueuePage> list(QueueSort sort, String cursor, int limit) {
    Optional<String> from = place(sort, cursor);
    if (from.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        sort == QueueSort.NAME ? byName(from.get(), limit) : sorted(sort, from.get(), limit));
  }

  private QueuePage byName(String last, int limit) {
    List<String> names = names(last, limit);
    return new QueuePage(
        views(names),
        names.size() < limit
            ? Optional.empty()
            : Optional.of(cursor(QueueSort.NAME, names.getLast())),
        false);
  }

  /// All queues up to a bound, put in order, and a page of that.
  private QueuePage sorted(QueueSort sort, String from, int limit) {
    Snapshot now = snapshot();
    List<QueueView> all =
        now.queues.stream().sorted(order(sort).thenComparing(QueueView::name)).toList();
    int begin = Math.min(from.isEmpty() ? 0 : Integer.parseInt(from), all.size());
    int end = Math.min(begin + limit, all.size());
    return new QueuePage(
        all.subList(begin, end),
        end == all.size() ? Optional.empty() : Optional.of(cursor(sort, String.valueOf(end))),
        now.cut);
  }

  /// Reads all queues, at most once a second: with many it takes Redis a tenth of that.
  private synchronized Snapshot snapshot() {
    if (System.nanoTime() - snapshot.until < 0) {
      return snapshot;
    }
    List<QueueView> all = new ArrayList<>();
    String last = "";
    boolean more = true;
    while (more && all.size() < MOST_SORTED) {
      List<String> names = names(last, PAGE);
      all.addAll(views(names));
      more = names.size() == PAGE;
      last = more ? names.getLast() : last;
    }
    snapshot = new Snapshot(all, more, System.nanoTime() + FRESH.toNanos());
    return snapshot;
  }

  private static Comparator<QueueView> order(QueueSort sort) {
    return switch (sort) {
      case NAME -> Comparator.comparing(QueueView::name);
      case READY -> Comparator.comparing(QueueView::allReady).reversed();
      case OLDEST -> Comparator.comparing(queue -> queue.oldest().orElse(Instant.MAX));
    };
  }

  private List<String> names(String last, int limit) {
    return ((List<?>) commands.send(NAMES, last, limit))
        .stream()
            .map(ScriptCalls::text)
            .filter(name -> QueueName.isName(name) && name.compareTo(last) > 0)
            .distinct()
            .sorted()
            .limit(limit)
            .toList();
  }

  private static String cursor(QueueSort sort, String place) {
    byte[] text = (sort + " " + place).getBytes(ISO_8859_1);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text);
  }

  /// @return empty if [#cursor] never gave this, or not for this order
  private static Optional<String> place(QueueSort sort, String cursor) {
    if (cursor.isEmpty()) {
      return Optional.of("");
    }
    try {
      String[] text = new String(Base64.getUrlDecoder().decode(cursor), ISO_8859_1).split(" ", 2);
      return text.length == 2 && text[0].equals(sort.name())
          ? Optional.of(text[1])
              .filter(sort == QueueSort.NAME ? QueueName::isName : PLACE.asMatchPredicate())
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // not Base64
    }
  }

  private List<QueueView> views(List<String> names) {
    List<QueueView> views = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i += SHOWN_AT_ONCE) {
      List<String> some = names.subList(i, Math.min(i + SHOWN_AT_ONCE, names.size()));
      ((List<?>) commands.send(SHOW, some)).forEach(shown -> views.add(view((List<?>) shown)));
    }
    return views;
  }

  private static QueueView view(List<?> shown) {
    Map<Priority, Long> ready = new EnumMap<>(Priority.class);
    for (Priority priority : Priority.values()) {
      ready.put(priority, (Long) shown.get(1 + priority.ordinal()));
    }
    String oldest = text(shown.get(5));
    return new QueueView(
        text(shown.getFirst()),
        ready,
        (Long) shown.get(4),
        SUBMITTED.matcher(oldest).matches()
            ? Optional.of(TaskRecordCodec.ofMicros(Long.parseLong(oldest, 16)))
            : Optional.empty(),
        QueueSettingsCodec.block(shown.subList(6, 10)),
        sources(shown.subList(10, shown.size())));
  }

  /// @param texts name or pattern, settings and note, in turns
  private static List<QueueSource> sources(List<?> texts) {
    List<QueueSource> sources = new ArrayList<>();
    for (int i = 0; i < texts.size(); i += 3) {
      String words = text(texts.get(i + 1));
      String note = new String((byte[]) texts.get(i + 2), UTF_8);
      sources.add(
          new QueueSource(
              text(texts.get(i)),
              QueueSettingsCodec.read(words),
              QueueSettingsCodec.pause(words, note)));
    }
    return sources;
  }
}
