package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What the nodes of a cluster wrote down, on the machine's one monotonic clock.
final class Records {
  /// When a pool trusted itself: from the first sample that showed it until its trust ended or it
  /// was given up.
  private static final class Span {
    long from = Long.MAX_VALUE;
    long until = Long.MIN_VALUE;
    long lastSeen = Long.MIN_VALUE;
    boolean givenUp;

    long end() {
      return givenUp ? Math.min(lastSeen, until) : until;
    }
  }

  private final TreeMap<Long, Span> pools = new TreeMap<>(); // by epoch
  private final TreeMap<Long, Long> firstStart = new TreeMap<>(); // by epoch
  private final TreeMap<Long, Long> lastStart = new TreeMap<>(); // by epoch
  private final Map<Long, Long> lastEnd = new HashMap<>(); // by epoch
  private final Map<String, Integer> lastAttempt = new HashMap<>(); // by task id
  private final Map<String, Integer> starts = new HashMap<>(); // by id and attempt

  Records(List<Path> files) {
    for (Path file : files) {
      if (!Files.exists(file)) {
        continue;
      }
      try (Stream<String> lines = Files.lines(file)) {
        lines.map(line -> line.split(" ")).forEach(this::read);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void read(String[] words) {
    long at = Long.parseLong(words[1]);
    long epoch = Long.parseLong(words[2]);
    switch (words[0]) {
      case "trust" -> {
        Span span = pools.computeIfAbsent(epoch, e -> new Span());
        span.from = Math.min(span.from, at);
        span.until = Math.max(span.until, Long.parseLong(words[3]));
      }
      case "free" -> {
        Span span = pools.computeIfAbsent(epoch, e -> new Span());
        span.givenUp = true;
        span.lastSeen = Long.parseLong(words[3]);
      }
      case "start" -> {
        firstStart.merge(epoch, at, Math::min);
        lastStart.merge(epoch, at, Math::max);
        lastAttempt.merge(words[3], Integer.parseInt(words[4]), Math::max);
        starts.merge(words[3] + " attempt " + words[4], 1, Integer::sum);
      }
      case "end" -> lastEnd.merge(epoch, at, Math::max);
      default -> {}
    }
  }

  int pools() {
    return pools.size();
  }

  /// Never two pools that trust themselves at one instant.
  void assertNoTwoPoolsAtOnce() {
    Map.Entry<Long, Span> before = null;
    for (Map.Entry<Long, Span> now : pools.entrySet()) {
      if (before != null) {
        long gap = now.getValue().from - before.getValue().end();
        assertTrue(
            gap >= 0,
            "pools of epochs "
                + before.getKey()
                + " and "
                + now.getKey()
                + " overlap by "
                + -gap / 1e6
                + " ms");
      }
      before = now;
    }
  }

  /// After a planned transfer nothing starts under the old epoch once something has started under
  /// the new one.
  void assertStartsInOrderOfEpochs() {
    Long before = null;
    for (long epoch : firstStart.keySet()) {
      if (before != null) {
        assertTrue(
            lastStart.get(before) < firstStart.get(epoch),
            "epoch " + before + " started after " + epoch);
      }
      before = epoch;
    }
  }

  /// No attempt was started twice, and what is recorded of each task is its last start: nothing
  /// that a fenced leader did was recorded, and nothing ran again after its end was.
  ///
  /// @param recorded the attempt that is recorded, by task id
  void assertRecordedOnce(Map<String, Integer> recorded) {
    starts.forEach((attempt, count) -> assertEquals(1, count, "started twice: " + attempt));
    assertLastStartRecorded(recorded);
  }

  /// The same where Redis may forget that an attempt was started.
  void assertLastStartRecorded(Map<String, Integer> recorded) {
    recorded.forEach(
        (id, attempt) -> assertEquals(lastAttempt.get(id), attempt, "recorded attempt of " + id));
  }

  /// How often a task ran again.
  int startsBesidesTheFirst() {
    return starts.values().stream().mapToInt(Integer::intValue).sum() - lastAttempt.size();
  }

  /// The instant of the first start of a task under an epoch newer than `epoch`; empty if there was
  /// none.
  OptionalLong firstStartAfter(long epoch) {
    Map.Entry<Long, Long> first = firstStart.higherEntry(epoch);
    return first == null ? OptionalLong.empty() : OptionalLong.of(first.getValue());
  }

  /// The instant at which the last task that ran to its end under `epoch` did so; empty if there
  /// was none.
  OptionalLong lastEndUnder(long epoch) {
    Long last = lastEnd.get(epoch);
    return last == null ? OptionalLong.empty() : OptionalLong.of(last);
  }

  long newestEpoch() {
    return pools.isEmpty() ? 0 : pools.lastKey();
  }
}
