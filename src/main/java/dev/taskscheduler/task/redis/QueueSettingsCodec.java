package dev.taskscheduler.task.redis;

import static dev.taskscheduler.task.redis.ScriptCalls.text;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.queue.QueuePause;
import dev.taskscheduler.queue.QueueSettings;
import dev.taskscheduler.queue.Rate;
import dev.taskscheduler.task.QueueBlock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads and writes the settings of queues as Redis holds them: words, each ` <name>=<value>`, as
/// `index.lua` reads them. What cannot be read is as if it were not set.
final class QueueSettingsCodec {
  private static final Pattern WORD = Pattern.compile(" ([A-Za-z]+)=(\\S+)");
  private static final Pattern WHOLE = Pattern.compile("\\d{1,9}");
  private static final Pattern TWO = Pattern.compile("(\\d{1,12})[ /](\\d{1,12})");

  private QueueSettingsCodec() {}

  static String write(QueueSettings settings) {
    StringBuilder words = new StringBuilder();
    settings.concurrency().ifPresent(most -> words.append(" concurrency=").append(most));
    settings
        .rate()
        .ifPresent(
            rate -> words.append(" rate=%d/%d".formatted(rate.starts(), rate.period().toMillis())));
    settings.burst().ifPresent(burst -> words.append(" burst=").append(burst));
    settings.weight().ifPresent(weight -> words.append(" weight=").append(weight));
    settings.honourRetryAfter().ifPresent(yes -> words.append(" honourRetryAfter=").append(yes));
    return words + TaskOptionsCodec.write(settings.defaults(), QueueSettings.DEFAULTS);
  }

  static QueueSettings read(String words) {
    return new QueueSettings(
        number(words, "concurrency"),
        word(words, "rate").flatMap(QueueSettingsCodec::rate),
        number(words, "burst"),
        number(words, "weight"),
        word(words, "honourRetryAfter").map("true"::equals),
        TaskOptionsCodec.read(words));
  }

  private static Optional<Rate> rate(String text) {
    Matcher two = TWO.matcher(text);
    return two.matches()
        ? Rate.parse(two.group(1) + "/" + Duration.ofMillis(Long.parseLong(two.group(2))))
        : Optional.empty();
  }

  private static Optional<String> word(String words, String name) {
    return WORD.matcher(words)
        .results()
        .filter(word -> word.group(1).equals(name))
        .map(word -> word.group(2))
        .findFirst();
  }

  private static Optional<Integer> number(String words, String name) {
    return word(words, name).filter(WHOLE.asMatchPredicate()).map(Integer::valueOf);
  }

  static Optional<QueuePause> pause(String words, String note) {
    return word(words, "paused")
        .map(since ->
            since.equals("0")
                ? new QueuePause.Resumed()
                : new QueuePause.Paused(
                    WHOLE.matcher(since.substring(Math.max(0, since.length() - 9))).matches()
                            && since.length() <= 15
                        ? Instant.ofEpochMilli(Long.parseLong(since))
                        : Instant.EPOCH,
                    note));
  }

  /// Reads why no task of a queue may start.
  ///
  /// @param answer the reason, until when, the limit and the text, as `block_of` in `index.lua`
  ///   gives them
  static Optional<QueueBlock> block(List<?> answer) {
    Optional<Instant> until =
        Optional.of(text(answer.get(1))).filter(ms -> !ms.isEmpty()).map(TaskRecordCodec::dueAt);
    Matcher limit = TWO.matcher(text(answer.get(2)));
    String text = new String((byte[]) answer.get(3), UTF_8);
    String[] closing = text.split(" ", 2);
    return switch (text(answer.getFirst())) {
      case "paused" -> Optional.of(new QueueBlock.Paused(text));
      case "closed" ->
          Optional.of(
              new QueueBlock.Closed(until, closing[0], closing.length == 2 ? closing[1] : ""));
      case "concurrency" ->
          limit.matches()
              ? Optional.of(new QueueBlock.Concurrency(number(limit, 1), number(limit, 2)))
              : Optional.empty();
      case "rate" ->
          limit.matches()
              ? Optional.of(
                  new QueueBlock.Rate(number(limit, 1), Duration.ofMillis(number(limit, 2)), until))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static long number(Matcher matcher, int group) {
    return Long.parseLong(matcher.group(group));
  }
}
