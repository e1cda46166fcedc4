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

/// Checks that words which were replaced by those of the field do not come back.
class PlainWordsTest {
  /// Not in code, scripts or documents: lease, maintenance, leadership, backoff, reported.
  private static final Pattern NOWHERE =
      Pattern.compile("(?i)\\b(?:fence|caretaker|tenure|patience|told|look at the lease)\\b");

  /// Not in documents: renewal, retry, attempts, observation, lease request, transfer, requeue.
  private static final Pattern NOT_IN_DOCUMENTS =
      Pattern.compile("(?i)\\b(?:beats?|revives?|trail|sighting|nominee|hand-overs?|put back)\\b");

  private static final List<Path> DOCUMENTS =
      Stream.of("docs", "k8s", "README.md", "CONTRIBUTING.md", "SECURITY.md", "docker-compose.yml")
          .map(Path::of)
          .toList();

  @Test
  void code_scripts_and_documents_use_the_words_of_the_field() throws IOException {
    List<Path> all = new ArrayList<>(DOCUMENTS);
    all.add(Path.of("src/main"));
    assertEquals(List.of(), found(NOWHERE, all));
  }

  @Test
  void documents_use_the_words_of_the_field() throws IOException {
    assertEquals(List.of(), found(NOT_IN_DOCUMENTS, DOCUMENTS));
  }

  @Test
  void a_replaced_word_is_found() {
    assertTrue(NOWHERE.matcher("at the Fence").find());
    assertTrue(!NOWHERE.matcher("the fencing token, a fenced write").find());
    assertTrue(NOT_IN_DOCUMENTS.matcher("the last beat").find());
  }

  private static List<String> found(Pattern words, List<Path> roots) throws IOException {
    List<String> found = new ArrayList<>();
    int read = 0;
    for (Path root : roots) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(PlainWordsTest::isText).toList()) {
          read++;
          int number = 0;
          for (String line : Files.readAllLines(file)) {
            number++;
            Matcher word = words.matcher(line);
            if (word.find()) {
              found.add(file + ":" + number + " " + word.group());
            }
          }
        }
      }
    }
    assertTrue(read > 20, read + " files");
    return found;
  }

  private static boolean isText(Path file) {
    return Pattern.compile("[.](?:java|js|mjs|lua|md|ya?ml|properties)$")
        .matcher(file.toString())
        .find();
  }
}
