package dev.taskscheduler.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The definitions in the files that scripts include, and which of them a script uses. Redis runs
/// the whole text at each call, and it takes a quarter of a microsecond to make a function: so what
/// a script does not use is left out of its text.
final class LuaDefinitions {
  /// A definition begins in the first column, with the names that it defines.
  private static final Pattern START =
      Pattern.compile("(?m)^local (?:function (\\w+)|(\\w+(?:, \\w+)*) =)");

  private static final Pattern NAME = Pattern.compile("[A-Za-z_]\\w*");
  private static final Pattern STRING = Pattern.compile("'[^'\n]*'");
  private static final Pattern COMMENT = Pattern.compile("--.*");
  private static final Pattern COMMENT_LINES = Pattern.compile("(?m)^ *--.*\n");
  private static final Pattern BLANK_LINES = Pattern.compile("(?m)^\n");

  private final List<Definition> all = new ArrayList<>();
  private final Map<String, Integer> places = new HashMap<>();

  private record Definition(String text, Set<String> names) {}

  /// @param files of definitions only
  LuaDefinitions(String files) {
    String text = COMMENT_LINES.matcher(files).replaceAll("");
    Matcher starts = START.matcher(text);
    boolean more = starts.find();
    while (more) {
      int from = starts.start();
      String defined = starts.group(1) == null ? starts.group(2) : starts.group(1);
      more = starts.find();
      String definition = text.substring(from, more ? starts.start() : text.length());
      for (String name : defined.split(", ")) {
        places.put(name, all.size());
      }
      all.add(new Definition(BLANK_LINES.matcher(definition).replaceAll(""), names(definition)));
    }
  }

  /// What a script uses, in their order; a name that stands there for something else brings its
  /// definition in, too.
  String usedBy(String script) {
    Set<Integer> used = new TreeSet<>();
    Deque<String> open = new ArrayDeque<>(names(script));
    while (!open.isEmpty()) {
      Integer place = places.get(open.pop());
      if (place != null && used.add(place)) {
        open.addAll(all.get(place).names);
      }
    }
    return used.stream().map(place -> all.get(place).text).collect(Collectors.joining());
  }

  /// The names in a text, without those in its strings and comments.
  private static Set<String> names(String text) {
    String code = COMMENT.matcher(STRING.matcher(text).replaceAll("''")).replaceAll("");
    Set<String> names = new LinkedHashSet<>();
    Matcher found = NAME.matcher(code);
    while (found.find()) {
      names.add(found.group());
    }
    return names;
  }
}
