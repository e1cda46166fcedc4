package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.queue.QueueSort;
import dev.taskscheduler.redis.ScriptDigest;
import dev.taskscheduler.schedule.FirePlanner;
import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.task.Activity;
import dev.taskscheduler.task.History;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Pause;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.RepairPass;
import dev.taskscheduler.task.TaskFilter;
import dev.taskscheduler.task.TaskPage;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisMonitor;
import redis.clients.jedis.exceptions.JedisException;

/// What Java passes to each script is what its header says, seen by Redis's own MONITOR.
class ScriptCallsIT {
  private static final Path SCRIPTS = Path.of("src/main/resources/dev/taskscheduler/task/redis");
  private static final Pattern WORD = Pattern.compile("\"((?:[^\"\\\\]++|\\\\.)*+)\"");
  private static final Pattern REST = Pattern.compile("ARGV\\[(\\d+)\\.\\.]");

  /// How many arguments belong together where a header ends with `ARGV[n..]`.
  private static final Map<String, Integer> TOGETHER =
      Map.of(
          "submit-plain",
          2,
          "submit",
          3,
          "end",
          3,
          "requeue",
          3,
          "repair-tasks",
          3,
          "schedule-put",
          11,
          "set-aside",
          2);

  private static final Set<String> MAY_HAVE_NO_REST = Set.of("set-aside", "schedule-show");

  private final LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();

  private static Map<String, String> namesBySha() throws IOException {
    Map<String, String> names = new TreeMap<>();
    for (String name : names()) {
      names.put(ScriptDigest.of(RedisTasks.class, name), name);
    }
    return names;
  }

  private static Set<String> names() throws IOException {
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      return new TreeSet<>(files.map(f -> f.getFileName().toString().replace(".lua", "")).toList());
    }
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(line);
    while (matcher.find()) {
      words.add(matcher.group(1));
    }
    return words;
  }

  private void callEach(StoreOnRedis store) {
    FencingToken old = store.lead(1);
    store.submitAll(Priority.HIGH, "a", "b", "c", "d", "e", "f");
    store.submit("a", Priority.HIGH); // kept before
    store.claim(old, 2);
    FencingToken token = store.lead(2);
    store.claims.recordLeader(token);
    store.claims.recover(token);
    var claimed = store.claim(token, 6);
    StoreOnRedis.get(store.claims.end(token, claimed.get(0), Outcome.SUCCESS));
    StoreOnRedis.get(
        store.claims.end(
            token, claimed.get(1), new Outcome.Failure("no", false, Optional.empty())));
    StoreOnRedis.get(store.claims.requeue(token, claimed.get(2), Duration.ZERO));
    StoreOnRedis.get(store.claims.requeue(token, claimed.get(3), Duration.ofMillis(1)));
    store.claims.reconcile(token, store.sequence(), Map.of("nobody", 1));
    store.maintenance.promote(token, 10);
    store.maintenance.clean(token, 10);
    store.queries.find("a");
    store.queries.counts();
    store.pauses.pause(new Pause.OfPriority(Priority.LOW));
    store.pauses.paused();
    store.queues.pause("other*", "why");
    store.queues.list(QueueSort.READY, "", 10);
    store.commands.run("f");
    store.commands.cancel("f");
    store.maintenance.cancelling(token);
    store.commands.retry(List.of("a", "b"));
    store.commands.delete(List.of("f", "nobody"));
    store.jedis.lpush("{scheduler}:ready:high:default", "e", "e"); // a suspect
    store.jedis.hset("{scheduler}:stale", "high:default", "7");
    RepairPass pass = store.maintenance.repair(token);
    assertTimeout(
        Duration.ofSeconds(30),
        () -> {
          while (pass.step()) {
            assertEquals(0, pass.unsettled());
          }
        });
    callSchedules(store, token);
    store.queries.details("a");
    store.queries.explain("a");
    store.queries.overview();
    store.cluster.situation();
    store.cluster.history(History.Window.DAY);
    store.cluster.leaders(3);
    Activity activity = new Activity();
    activity.submitted();
    store.tasks.keep(activity);
    Eventually.await("it is written", () -> store.jedis.exists("{scheduler}:history"));
    walkAll(store);
  }

  private static void callSchedules(StoreOnRedis store, FencingToken token) {
    store.schedules.put("s", SchedulesOnRedis.every(Duration.ofHours(1)));
    store.jedis.hset("{scheduler}:schedule:s", "rules", "2000a");
    Repairs.pass(store, token);
    store.schedules.apply("g", Map.of(), true, false);
    store.schedules.trigger("s", true);
    store.schedules.records("s");
    store.schedules.list("", 10);
    store.schedules.pause("s", "why");
    store.schedules.resume("s");
    store.jedis.zadd("{scheduler}:due", 0, "s");
    var due = store.fires.due(token, 10);
    store.fires.fire(
        token, due.schedules().stream().map(s -> FirePlanner.plan(s, due.now())).toList());
    store.fires.fault(token, "s", "why");
  }

  /// Two on a page, so that most pages begin where another ended.
  private static void walkAll(StoreOnRedis store) {
    TaskFilter all =
        new TaskFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            2);
    String cursor = "";
    do {
      cursor = store.queries.list(all, cursor).flatMap(TaskPage::next).orElse("");
    } while (!cursor.isEmpty());
  }

  private List<String> watched(RedisServer server, StoreOnRedis store) throws InterruptedException {
    List<String> lines = new ArrayList<>();
    try (Jedis watcher = server.jedis()) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              watcher.monitor(
                  new JedisMonitor() {
                    @Override
                    public void onCommand(String command) {
                      seen.add(command);
                    }
                  });
            } catch (JedisException e) {
              seen.add("over"); // the test closes the connection
            }
          });
      store.pauses.paused(); // rights are looked at first, by another script
      String line = "";
      while (!line.contains("watched-from-here")) {
        store.jedis.echo("watched-from-here"); // until MONITOR has begun
        line = String.valueOf(seen.poll(20, TimeUnit.MILLISECONDS));
      }
      callEach(store);
      store.jedis.echo("the-end");
      while (!line.contains("the-end")) {
        line = String.valueOf(seen.poll(5, TimeUnit.SECONDS));
        if (!line.contains("\"EVAL\"")) { // the whole text of a script, right after its EVALSHA
          lines.add(line);
        }
      }
    }
    return lines;
  }

  @Test
  void each_call_passes_the_keys_and_arguments_that_the_header_lists() throws Exception {
    try (RedisServer server = new RedisServer();
        StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS)) {
      Map<String, String> names = namesBySha();
      Set<String> called = new TreeSet<>();
      for (String line : watched(server, store)) {
        List<String> words = words(line);
        if (words.isEmpty() || !words.getFirst().equals("EVALSHA")) {
          continue;
        }
        String name = names.get(words.get(1));
        if (name == null) {
          continue; // another room's, in its own time; that none is missing is asserted below
        }
        called.add(name);
        int keys = Integer.parseInt(words.get(2));
        compare(name, keys, words.size() - 3 - keys);
      }
      called.add("damaged"); // in its own time, by who watches Redis's health
      assertEquals(names(), called, "every script was called");
    }
  }

  private static void compare(String name, int keys, int arguments) throws IOException {
    String header =
        Files.readAllLines(SCRIPTS.resolve(name + ".lua")).stream()
            .takeWhile(line -> line.startsWith("--"))
            .reduce("", (a, b) -> a + b + "\n");
    assertEquals(count(header, "KEYS\\[\\d+]"), keys, "KEYS of " + name);
    int fixed = count(header, "ARGV\\[\\d+]");
    Matcher rest = REST.matcher(header);
    if (rest.find()) {
      assertEquals(fixed + 1, Integer.parseInt(rest.group(1)), "where the rest begins in " + name);
      boolean enough = arguments > fixed || (arguments == fixed && MAY_HAVE_NO_REST.contains(name));
      assertTrue(enough, "ARGV of " + name + ": " + arguments);
      assertEquals(0, (arguments - fixed) % TOGETHER.getOrDefault(name, 1), "ARGV of " + name);
    } else {
      assertEquals(fixed, arguments, "ARGV of " + name);
    }
  }

  private static int count(String text, String pattern) {
    return (int)
        Pattern.compile(pattern).matcher(text).results().map(r -> r.group()).distinct().count();
  }

  @Test
  void every_key_that_a_script_touches_is_in_the_namespaces_slot() throws Exception {
    try (RedisServer server = new RedisServer();
        StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS)) {
      int checked = 0;
      for (String line : watched(server, store)) {
        List<String> words = words(line);
        if (line.contains("[0 lua]") && !words.getFirst().equals("TIME")) {
          int key = words.getFirst().equals("SCAN") ? 3 : 1; // its pattern
          assertTrue(words.get(key).startsWith("{scheduler}:"), line);
          checked++;
        }
      }
      assertTrue(checked > 50, "commands of scripts seen: " + checked);
    }
  }

  @Test
  void all_calls_pass_on_a_redis_in_cluster_mode() {
    try (RedisServer server = new RedisServer("cluster-enabled yes")) {
      try (Jedis jedis = server.jedis()) {
        jedis.clusterAddSlots(IntStream.range(0, 16384).toArray());
        Eventually.await(
            "the cluster is up", () -> jedis.clusterInfo().contains("cluster_state:ok"));
      }
      try (StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS)) {
        callEach(store);
        assertEquals(1, store.queries.counts().completed());
      }
    }
  }
}
