package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds every script of every room to the rules in `docs/data.md`; what Java passes to each is
/// held against the headers by [ScriptCallsIT].
class ScriptContractTest {
  private static final Path RESOURCES = Path.of("src/main/resources");
  private static final Path SCRIPTS = RESOURCES.resolve("dev/taskscheduler");
  private static final Path SHARED = RESOURCES.resolve("lua");
  private static final Set<String> FREEING =
      Set.of("HDEL", "RPOP", "UNLINK", "ZREM", "DEL", "RENAME");
  private static final Set<String> READING =
      Set.of(
          "EXISTS",
          "GET",
          "GETRANGE",
          "HEXISTS",
          "HGET",
          "HGETALL",
          "HKEYS",
          "HLEN",
          "HMGET",
          "HSCAN",
          "INFO",
          "LINDEX",
          "LLEN",
          "LPOS",
          "LRANGE",
          "PTTL",
          "SCAN",
          "STRLEN",
          "TIME",
          "TYPE",
          "HVALS",
          "ZCARD",
          "ZMSCORE",
          "ZCOUNT",
          "ZRANGE",
          "ZRANGEBYSCORE",
          "ZRANGEBYLEX",
          "ZRANK",
          "ZREVRANGE",
          "ZSCORE",
          "PUBLISH");

  /// These keep something new.
  private static final Set<String> REFUSED_BY_A_FULL_REDIS =
      Set.of(
          "submit-plain.lua",
          "submit.lua",
          "fire.lua",
          "schedule-put.lua",
          "schedule-trigger.lua",
          "audit-record.lua");

  /// Go through any node, and are guarded by the tasks' own state.
  private static final Set<String> USERS_CALLS =
      Set.of(
          "submit-plain.lua",
          "submit.lua",
          "status.lua",
          "count.lua",
          "cancel.lua",
          "run.lua",
          "delete.lua",
          "retry.lua",
          "pause.lua",
          "paused.lua",
          "details.lua",
          "list.lua",
          "explain.lua",
          "stats.lua",
          "overview.lua",
          "history.lua",
          "history-add.lua",
          "leaders.lua",
          "set-aside.lua",
          "queue-set.lua",
          "queue-open.lua",
          "queue-names.lua",
          "queue-show.lua",
          "schedule-put.lua",
          "schedule-pause.lua",
          "schedule-trigger.lua",
          "schedule-group.lua",
          "schedule-show.lua",
          "schedule-names.lua",
          "schedule-records.lua",
          "damaged.lua");

  /// Of a record, a trail, the lease or `done`: where something of another type stands under its
  /// key, such a command does nothing, and the rest of the script goes on.
  private static final Set<String> OF_ONE_TASK =
      Set.of(
          "GET",
          "GETRANGE",
          "HDEL",
          "HGET",
          "HINCRBY",
          "HMGET",
          "LLEN",
          "LPUSH",
          "LRANGE",
          "LTRIM",
          "RPUSH",
          "SETRANGE");

  private static final Pattern CALL = Pattern.compile("redis\\.(\\w+)\\(\\s*('([A-Z]+)'|push)?");

  /// A command stands behind `redis.call(`, or is handed on to it.
  private static final Pattern WORD = Pattern.compile("'([A-Z]{3,})'");

  private static final Set<String> NO_COMMANDS =
      Set.of(
          "NOPERM",
          "RANK",
          "MAXLEN",
          "COUNT",
          "LIMIT",
          "WITHSCORES",
          "MATCH",
          "FENCED",
          "DAMAGED",
          "RENEWED",
          "RESTARTED");

  private static final Pattern INDEX = Pattern.compile("(KEYS|ARGV)\\[(\\d+)(\\.\\.)?]");

  static Stream<Path> scripts() throws IOException {
    try (Stream<Path> files = Files.walk(RESOURCES)) {
      return files.filter(f -> f.toString().endsWith(".lua")).sorted().toList().stream();
    }
  }

  static Stream<Path> callable() throws IOException {
    return scripts().filter(f -> !f.startsWith(SHARED));
  }

  private static String header(Path script) throws IOException {
    StringBuilder header = new StringBuilder();
    for (String line : Files.readAllLines(script)) {
      if (!line.startsWith("--")) {
        break;
      }
      header.append(line).append('\n');
    }
    return header.toString();
  }

  private static String body(Path script) throws IOException {
    StringBuilder body = new StringBuilder();
    for (String line : Files.readAllLines(script)) {
      int comment = line.indexOf("--");
      body.append(comment < 0 ? line : line.substring(0, comment)).append('\n');
    }
    return body.toString();
  }

  private static Set<Integer> indexes(String text, String of) {
    Set<Integer> indexes = new TreeSet<>();
    Matcher matcher = INDEX.matcher(text);
    while (matcher.find()) {
      if (matcher.group(1).equals(of)) {
        indexes.add(Integer.parseInt(matcher.group(2)));
      }
    }
    return indexes;
  }

  @ParameterizedTest
  @MethodSource("callable")
  void a_header_names_its_file_and_says_what_is_answered(Path script) throws IOException {
    String header = header(script);
    assertTrue(header.startsWith("-- " + script.getFileName() + "  "), header);
    assertTrue(header.contains("-- Returns "), header);
    if (body(script).contains("FENCED")) {
      assertTrue(header.contains("FENCED"), "its header does not tell of FENCED");
    }
  }

  @ParameterizedTest
  @MethodSource("callable")
  void a_header_lists_every_key_and_argument_without_a_gap(Path script) throws IOException {
    String header = header(script);
    String body = body(script);
    for (String of : List.of("KEYS", "ARGV")) {
      Set<Integer> told = indexes(header, of);
      int i = 1;
      for (int index : told) {
        assertEquals(i++, index, of + " in the header");
      }
      assertTrue(told.containsAll(indexes(body, of)), of + " used but not in the header");
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void a_script_swallows_the_errors_of_a_message_and_of_one_key_that_holds_another_type(Path script)
      throws IOException {
    if (script.endsWith("rights.lua")) {
      return; // its errors are its answer
    }
    Matcher calls = CALL.matcher(body(script));
    while (calls.find()) {
      if ("PUBLISH".equals(calls.group(3))) { // what it has written must not be left half done
        assertEquals("pcall", calls.group(1), calls.group());
      } else if ("pcall".equals(calls.group(1))) {
        String command = String.valueOf(calls.group(3)); // hosted services may refuse INFO
        assertTrue(OF_ONE_TASK.contains(command) || command.equals("INFO"), calls.group());
      } else {
        assertTrue(
            Set.of("call", "error_reply", "status_reply", "sha1hex").contains(calls.group(1)),
            calls.group());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void every_command_is_one_whose_right_is_looked_at(Path script) throws IOException {
    String looked = body(SCRIPTS.resolve("redis/rights.lua"));
    Matcher commands = WORD.matcher(body(script));
    while (commands.find()) {
      assertTrue(
          NO_COMMANDS.contains(commands.group(1))
              || looked.contains("{ '" + commands.group(1) + "'"),
          commands.group(1) + " is not in rights.lua");
    }
  }

  @ParameterizedTest
  @MethodSource("callable")
  void the_first_write_frees_so_that_a_full_redis_lets_it_pass(Path script) throws IOException {
    if (REFUSED_BY_A_FULL_REDIS.contains(script.getFileName().toString())) {
      return;
    }
    List<String> writes = new ArrayList<>();
    Matcher calls =
        Pattern.compile(
                "redis\\.call\\(\\s*'([A-Z]+)'|(begin_writing)\\(|(enter|leave_running)\\(|(push|wake|wait_until|close_queue|close_until|offer|reopen|add_to|add_attempt|to_[a-z_]+)\\(")
            .matcher(body(script));
    while (calls.find()) {
      String command = calls.group(1) != null ? calls.group(1) : calls.group();
      if (!READING.contains(command)) {
        writes.add(command);
      }
    }
    if (!writes.isEmpty()) {
      String first = writes.getFirst();
      assertTrue(
          FREEING.contains(first)
              || first.startsWith("begin_writing")
              || first.startsWith("leave_running"),
          writes.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("callable")
  void a_script_under_the_leaders_token_checks_it_before_all_else(Path script) throws IOException {
    if (!script.toString().contains("task/redis")
        || USERS_CALLS.contains(script.getFileName().toString())) {
      return; // users' calls go through any node; the lease's own scripts are the check
    }
    String body = body(script);
    int check = body.indexOf("if fenced(KEYS[1], ");
    assertTrue(check >= 0, "no check of the token");
    Matcher calls = CALL.matcher(body);
    assertTrue(
        calls.find() && calls.start() > check, "Redis is called before the token is checked");
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void a_line_fits_the_screen(Path script) throws IOException {
    for (String line : Files.readAllLines(script)) {
      assertTrue(line.length() <= 130, line);
    }
  }
}
