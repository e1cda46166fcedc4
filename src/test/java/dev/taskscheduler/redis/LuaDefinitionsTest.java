package dev.taskscheduler.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LuaDefinitionsTest {
  private static final String FILES =
      """
      -- What all share; uses nothing_of_this.
      local FIRST, SECOND = 1, 2 -- the lease's
      local TABLE = setmetatable({}, {
        __index = function(t, k)
          return FIRST
        end,
      })

      -- Adds.
      local function add(a, b)
        return a + b + SECOND
      end

      local function twice(a)
        return add(a, a) -- not unused()
      end

      local function unused()
        return TABLE.x
      end
      """;

  private static void expect(String script, String... names) {
    String used = new LuaDefinitions(FILES).usedBy(script);
    List<String> found = new ArrayList<>();
    Matcher defined = Pattern.compile("(?m)^local (?:function )?(\\w+)").matcher(used);
    while (defined.find()) {
      found.add(defined.group(1));
    }
    assertEquals(List.of(names), found, used);
  }

  @Test
  void a_script_has_what_it_uses_and_what_that_uses() {
    expect("return twice(1)", "FIRST", "add", "twice");
    expect("return SECOND", "FIRST");
    expect("return unused()", "FIRST", "TABLE", "unused");
    expect("return 1");
  }

  @Test
  void strings_and_comments_use_nothing() {
    expect("-- add\nreturn 'unused' .. 'twice' -- TABLE");
    expect("return 'a' .. FIRST .. 'b'", "FIRST");
  }

  /// Else a definition would be taken for a part of the one before it, or be lost.
  @Test
  void shared_files_hold_definitions_alone_each_name_once() throws IOException {
    Set<String> names = new HashSet<>();
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/lua"))) {
      for (Path file : files.toList()) {
        for (String line : Files.readAllLines(file)) {
          assertTrue(
              line.matches("( .*|--.*|end|}.*|local (function \\w+\\(.*|\\w+(, \\w+)* = .*))?"),
              () -> file + ": " + line);
          String code = line.replaceAll("'[^']*'", "").replaceAll("--.*", "");
          assertTrue(!code.matches(".*(\\[\\[|[\"'\\\\]).*"), () -> "other strings: " + line);
          Matcher defined = Pattern.compile("^local (?:function )?(\\w+(?:, \\w+)*)").matcher(line);
          if (defined.find()) {
            for (String name : defined.group(1).split(", ")) {
              assertTrue(names.add(name), () -> name + " is defined twice");
            }
          }
        }
      }
    }
    assertTrue(names.size() > 80, names::toString);
  }
}
