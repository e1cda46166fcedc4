package dev.taskscheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Checks the first sentence of each type's comment: it is there, short, and no riddle.
class DocCommentsTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final int LONGEST = 160;
  private static final Pattern COMMENTED_TYPE =
      Pattern.compile(
          "(?m)^((?:///.*\\n)*)(?:@.*\\n(?:[ )}].*\\n)*)*"
              + "(?:(?:public|abstract|final|sealed|non-sealed) )*"
              + "(?:class|interface|record|enum|@interface) (\\w+)");
  private static final Pattern SENTENCE = Pattern.compile("^(.*?\\.)(?: |$)");
  private static final Pattern INVERTED =
      Pattern.compile("^(?:What|How|Whoever|Who|Not|That)\\b.*");

  @Test
  void the_first_sentence_of_each_type_says_what_it_is_or_does() throws IOException {
    List<String> found = new ArrayList<>();
    int types = 0;
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(DocCommentsTest::hasTypes).toList()) {
        Matcher type = COMMENTED_TYPE.matcher(Files.readString(file));
        while (type.find()) {
          types++;
          wrong(type.group(1)).forEach(what -> found.add(file + ": " + type.group(2) + " " + what));
        }
      }
    }
    assertTrue(types > 200, types + " types");
    assertEquals(List.of(), found);
  }

  private static boolean hasTypes(Path file) {
    return file.toString().endsWith(".java") && !file.endsWith("package-info.java");
  }

  private static List<String> wrong(String comment) {
    String text = paragraph(comment);
    Matcher sentence = SENTENCE.matcher(text);
    if (!sentence.find()) {
      return List.of("has no first sentence with a period");
    }
    List<String> wrong = new ArrayList<>();
    if (sentence.group(1).length() > LONGEST) {
      wrong.add("has a first sentence of " + sentence.group(1).length() + " characters");
    }
    if (INVERTED.matcher(sentence.group(1)).matches()) {
      wrong.add("begins with '" + sentence.group(1).split(" ", 2)[0] + "'");
    }
    return wrong;
  }

  private static String paragraph(String comment) {
    StringBuilder text = new StringBuilder();
    for (String line : comment.lines().map(line -> line.substring(3).strip()).toList()) {
      if (line.isEmpty() || line.startsWith("@")) {
        break;
      }
      text.append(text.isEmpty() ? "" : " ").append(line);
    }
    return text.toString();
  }

  @Test
  void a_riddle_is_found() {
    assertEquals(List.of(), wrong("/// Reads one.\n/// And more.\n"));
    assertEquals(1, wrong("/// What a node is told\n").size());
    assertEquals(1, wrong("/// What a node is told.\n").size());
    assertEquals(1, wrong("/// Reads " + "x".repeat(LONGEST) + ".\n").size());
    assertEquals(1, wrong("").size());
  }
}
