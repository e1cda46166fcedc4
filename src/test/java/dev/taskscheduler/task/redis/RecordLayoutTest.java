package dev.taskscheduler.task.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.TaskOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Holds the layout of a record in `record.lua` against that in [TaskRecordCodec], and the letters
/// of options in scripts against [TaskOption].
class RecordLayoutTest {
  private static final Path RESOURCES = Path.of("src/main/resources");
  private static final Pattern OFFSETS = Pattern.compile("local (FINISHED, [A-Z, ]+) = ([0-9, ]+)");
  private static final Pattern LETTER = Pattern.compile("' \\[?([a-z]{1,2})]?=");

  /// Of a submission alone: a window of a unique key, and an idempotency key.
  private static final Set<String> PLACING = Set.of("w", "i");

  @Test
  void both_sides_have_the_same_offsets() throws IOException {
    Matcher line = OFFSETS.matcher(Files.readString(RESOURCES.resolve("lua/record.lua")));
    assertTrue(line.find());
    assertEquals("FINISHED, STARTS, CHARGED, PRIORITY, SUBMITTED, TYPE", line.group(1));
    assertEquals(
        List.of(
            TaskRecordCodec.FINISHED,
            TaskRecordCodec.STARTS,
            TaskRecordCodec.CHARGED,
            TaskRecordCodec.PRIORITY,
            TaskRecordCodec.SUBMITTED,
            TaskRecordCodec.TYPE),
        Arrays.stream(line.group(2).strip().split(", ")).map(Integer::valueOf).toList());
  }

  @Test
  void scripts_read_no_option_that_nobody_writes() throws IOException {
    Set<String> letters =
        TaskOption.ALL.stream()
            .map(option -> String.valueOf(option.code()))
            .collect(Collectors.toCollection(TreeSet::new));
    letters.addAll(PLACING);
    Set<String> read = new TreeSet<>();
    try (Stream<Path> files = Files.walk(RESOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".lua")).toList()) {
        Matcher letter = LETTER.matcher(Files.readString(file));
        while (letter.find()) {
          letter.group(1).chars().forEach(c -> read.add(String.valueOf((char) c)));
        }
      }
    }
    assertTrue(read.contains("q") || read.contains("x"), read::toString);
    assertTrue(letters.containsAll(read), () -> read + " of " + letters);
  }
}
