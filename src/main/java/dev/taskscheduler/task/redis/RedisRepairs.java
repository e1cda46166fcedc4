package dev.taskscheduler.task.redis;

import dev.taskscheduler.redis.LuaScript;
import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.redis.RedisException;
import dev.taskscheduler.schedule.TimeZones;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RepairKind;
import dev.taskscheduler.task.RepairPass;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A repair pass over one namespace. It reads the lists, whose ids go into a filter, then the other
/// indexes, then all keys. A task that should be in a list but is not in the filter is a suspect.
/// Last, a script looks for each suspect everywhere and repairs it. Only that script, or one page's
/// own look, is ever believed: what an earlier call saw only says where to look. See
/// `docs/adr/0005-repairs.md`.
final class RedisRepairs implements RepairPass {
  private static final int PAGE = 200; // so that a call holds Redis for a millisecond
  private static final int MOST_SUSPECTS = 5_000;

  /// Looks through whole lists in a pass.
  private static final int MOST_LOOKS = 100;

  /// Queues, and running tasks, that a call counts: 10 ms.
  private static final int MOST_COUNTED = 20_000;

  /// Entries of lists that a call may look through: 20 ms a million.
  private static final int MOST_ENTRIES = 2_000_000;

  private static final LuaScript COUNTS = LuaScript.load(RedisRepairs.class, "repair-counts");
  private static final LuaScript QUEUES = LuaScript.load(RedisRepairs.class, "repair-queues");
  private static final LuaScript STALE = LuaScript.load(RedisRepairs.class, "repair-stale");
  private static final LuaScript LIST = LuaScript.load(RedisRepairs.class, "repair-list");
  private static final LuaScript INDEX = LuaScript.load(RedisRepairs.class, "repair-index");
  private static final LuaScript KEYS = LuaScript.load(RedisRepairs.class, "repair-keys");
  private static final LuaScript TASKS = LuaScript.load(RedisRepairs.class, "repair-tasks");

  /// One kind of look; false when it is over.
  private interface Look {
    boolean goOn();
  }

  /// @param suspicion as `repair-tasks.lua` takes it
  /// @param list where it was seen, `<priority>:<queue>`; empty if in none
  private record Suspect(String suspicion, String id, String list) {}

  private final ScriptCalls calls;
  private final NewTimeZoneRules newRules;
  private final Namespace namespace;
  private final FencingToken token;
  private final Duration retention;
  private final Deque<Look> looks = new ArrayDeque<>();
  private final Map<RepairKind, Integer> repaired = new EnumMap<>(RepairKind.class);
  private final Deque<Suspect> suspects = new ArrayDeque<>();
  private BloomFilter filter = new BloomFilter(0, () -> 0);
  private String begunUs = "0";
  private int throughLists;
  private int unsettled;

  RedisRepairs(ScriptCalls calls, Namespace namespace, Duration retention, FencingToken token) {
    this.calls = calls;
    this.newRules = new NewTimeZoneRules(calls);
    this.namespace = namespace;
    this.retention = retention;
    this.token = token;
    looks.add(this::begin);
    for (Priority priority : Priority.values()) {
      looks.add(new QueueLook(priority.wire()));
    }
    looks.add(new ListLook());
    looks.add(new IndexLook(namespace.key("running"), "running"));
    looks.add(new IndexLook(namespace.key("scheduled"), "scheduled"));
    looks.add(new IndexLook(namespace.key("retained"), "completed"));
    looks.add(new IndexLook(namespace.key("dead"), "dead"));
    looks.add(new IndexLook(namespace.key("expired"), "expired"));
    looks.add(new IndexLook(namespace.key("cancelled"), "cancelled"));
    looks.add(new KeyLook());
    looks.add(this::countAgain);
    looks.add(this::settle);
  }

  @Override
  public boolean step() {
    try {
      Look look = looks.getFirst();
      if (!look.goOn()) {
        looks.remove(look); // no longer the first, where it has put others before itself
      }
      return !looks.isEmpty();
    } catch (RedisException e) {
      throw StoreExceptions.translate("repair", e);
    }
  }

  @Override
  public Map<RepairKind, Integer> repaired() {
    return Map.copyOf(repaired);
  }

  @Override
  public int unsettled() {
    return unsettled;
  }

  private void count(RepairKind kind, int times) {
    if (times > 0) {
      repaired.merge(kind, times, Integer::sum);
    }
  }

  private void suspect(String suspicion, String id, String list) {
    if (suspects.size() < MOST_SUSPECTS) {
      suspects.add(new Suspect(suspicion, id, list));
    } else {
      unsettled++;
    }
  }

  /// How much there is, and how large the filter is to be.
  private boolean begin() {
    calls.setAside(List.of()); // the looks that come after would pass over what cannot be read
    List<?> answer = counts();
    begunUs = text(answer, 0);
    filter = new BloomFilter(number(answer, 2) + number(answer, 3), new SecureRandom()::nextLong);
    return false;
  }

  private boolean countAgain() {
    var unused = counts();
    return false;
  }

  private List<?> counts() {
    List<?> answer = calls.list(COUNTS, token, MOST_COUNTED);
    count(RepairKind.COUNT, number(answer, 1));
    return answer;
  }

  /// A walk through the queues of one priority, and through the list of each.
  private final class QueueLook implements Look {
    private final String priority;
    private String last = "";

    QueueLook(String priority) {
      this.priority = priority;
    }

    @Override
    public boolean goOn() {
      List<?> page = calls.list(QUEUES, token, priority, last, PAGE);
      last = text(page, 0);
      count(RepairKind.QUEUE, number(page, 1));
      for (int i = 2; i < page.size(); i += 2) {
        looks.addFirst(new ListLook(priority + ":" + text(page, i), text(page, i + 1)));
      }
      return !last.isEmpty();
    }
  }

  /// A walk through one list.
  private final class ListLook implements Look {
    private final String list;
    private final String stood;
    private final byte[] key;
    private int next;
    private int stale;
    private boolean wasLost;
    private String last = "";

    /// Completed tasks.
    ListLook() {
      list = "";
      stood = "";
      key = namespace.key("done");
    }

    /// @param list of ready tasks, `<priority>:<queue>`
    /// @param stood how it stood when the walk began
    ListLook(String list, String stood) {
      this.list = list;
      this.stood = stood;
      key = namespace.key("ready:" + list);
    }

    @Override
    public boolean goOn() {
      List<?> page =
          calls.page(LIST, key, token, list.isEmpty() ? "completed" : "waiting", next, last, PAGE);
      next = number(page, 0);
      last = text(page, 1);
      boolean lost = number(page, 2) == 1;
      stale += number(page, 3);
      wasLost |= lost;
      for (int i = 4; i < page.size(); i++) {
        see(text(page, i), lost);
      }
      if (next < 0 && !wasLost && !list.isEmpty() && !stood.startsWith(stale + " ")) {
        count(RepairKind.COUNT, number(List.of(calls.eval(STALE, token, list, stood, stale)), 0));
      }
      return next >= 0;
    }

    /// @param lost whether ids may come up twice that stand once
    private void see(String marked, boolean lost) {
      String id = marked.substring(1);
      boolean twice = filter.covers(id) && !filter.add(id) && !lost;
      if (twice || marked.charAt(0) == '!') {
        suspect(list.isEmpty() ? "stray" : "twice", id, list);
      }
    }
  }

  /// A walk through one hash or sorted set.
  private final class IndexLook implements Look {
    private final byte[] index;
    private final String which;
    private String cursor = "0";

    IndexLook(byte[] index, String which) {
      this.index = index;
      this.which = which;
    }

    @Override
    public boolean goOn() {
      List<?> page = calls.page(INDEX, index, token, which, cursor, PAGE);
      cursor = text(page, 0);
      count(RepairKind.STRAY, number(page, 1));
      count(RepairKind.DOUBLE, number(page, 2));
      return !cursor.equals("0");
    }
  }

  /// A walk through all keys.
  private final class KeyLook implements Look {
    private String cursor = "0";

    @Override
    public boolean goOn() {
      List<?> page = calls.list(KEYS, token, cursor, PAGE, begunUs, TimeZones.RULES);
      cursor = text(page, 0);
      count(RepairKind.UNFILED, number(page, 1));
      count(RepairKind.LEFTOVER, number(page, 2));
      count(RepairKind.QUEUE, number(page, 3));
      count(RepairKind.SCHEDULE, number(page, 4));
      List<ScriptCalls.Suspect> damaged = new ArrayList<>();
      for (int i = 5; i < page.size(); i += 2) {
        String what = text(page, i);
        String name = text(page, i + 1);
        if (what.equals("task") || what.equals("key")) {
          damaged.add(new ScriptCalls.Suspect(what, name));
        } else if (what.equals("rules")) {
          newRules.apply(token, name);
        } else if (filter.covers(name) && !filter.mayContain(name)) {
          suspect(what, name, "");
        }
      }
      if (!damaged.isEmpty()) {
        calls.setAside(damaged);
      }
      return !cursor.equals("0");
    }
  }

  private boolean settle() {
    if (suspects.isEmpty()) {
      return false;
    }
    if (throughLists >= MOST_LOOKS) {
      unsettled += suspects.size();
      return false;
    }
    List<String> some =
        suspects.stream()
            .limit(MOST_LOOKS - throughLists)
            .flatMap(suspect -> Stream.of(suspect.suspicion, suspect.id, suspect.list))
            .toList();
    List<?> answer = calls.list(TASKS, token, retention.toMillis(), MOST_ENTRIES, some);
    for (int i = number(answer, 0); i > 0; i--) {
      suspects.removeFirst();
    }
    throughLists += number(answer, 1);
    unsettled += number(answer, 2);
    count(RepairKind.LOST, number(answer, 3));
    count(RepairKind.UNFILED, number(answer, 4));
    count(RepairKind.STRAY, number(answer, 5));
    count(RepairKind.DOUBLE, number(answer, 6));
    return true;
  }

  private static String text(List<?> answer, int place) {
    return ScriptCalls.text(answer.get(place));
  }

  private static int number(List<?> answer, int place) {
    return Integer.parseInt(text(answer, place));
  }
}
