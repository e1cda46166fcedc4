package dev.taskscheduler.task.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.task.AttemptRecord;
import dev.taskscheduler.task.AttemptRecord.How;
import dev.taskscheduler.task.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads a task's attempts out of its list of attempts, whose lines `record.lua` describes, its
/// record and what runs.
final class AttemptHistory {
  private static final Pattern START = Pattern.compile("[0-9a-f]{1,6}");
  private static final Pattern LONG = Pattern.compile("[0-9a-f]{1,13}");
  private static final Pattern LEADER = Pattern.compile("\\d{1,18} .+");

  private AttemptHistory() {}

  /// @param nodes of epochs that are known
  /// @return empty if the line is the result, or none of ours
  static Optional<AttemptRecord> attempt(byte[] line, Map<Long, String> nodes) {
    String[] parts = new String(line, UTF_8).split(" ", 6);
    if (parts.length < 5 || line[0] == '=' || !areNumbers(parts)) {
      return Optional.empty();
    }
    long epoch = Long.parseLong(parts[1], 16);
    How how =
        switch (parts[4]) {
          case "t" -> How.TIMED_OUT;
          case "l" -> How.LEADER_LOST;
          case "r" -> How.RECALLED;
          default -> How.FAILED;
        };
    return Optional.of(
        new AttemptRecord(
            Integer.parseInt(parts[0], 16),
            epoch,
            Optional.ofNullable(nodes.get(epoch)),
            time(parts[2]),
            Optional.of(time(parts[3])),
            how,
            parts.length == 6 ? parts[5] : ""));
  }

  /// The error in a line; empty if there is none, or the line is none of ours.
  static Optional<String> error(byte[] line) {
    return line.length == 0
        ? Optional.empty()
        : attempt(line, Map.of()).map(AttemptRecord::error).filter(text -> !text.isEmpty());
  }

  /// Whether the numbers of a line can be read.
  private static boolean areNumbers(String[] parts) {
    return START.matcher(parts[0]).matches()
        && LONG.matcher(parts[1]).matches()
        && LONG.matcher(parts[2]).matches()
        && LONG.matcher(parts[3]).matches();
  }

  private static Instant time(String hex) {
    return TaskRecordCodec.ofMicros(Long.parseLong(hex, 16));
  }

  /// The result at the end of the lines; empty if there is none.
  static byte[] result(List<byte[]> lines) {
    return !lines.isEmpty() && lines.getLast().length > 0 && lines.getLast()[0] == '='
        ? Arrays.copyOfRange(lines.getLast(), 1, lines.getLast().length)
        : new byte[0];
  }

  /// All attempts that are known, oldest first.
  static List<AttemptRecord> history(
      TaskRecordCodec record,
      TaskState state,
      String running,
      List<byte[]> lines,
      List<byte[]> leaders) {
    Map<Long, String> nodes = nodes(leaders);
    List<AttemptRecord> history = new ArrayList<>();
    lines.forEach(line -> attempt(line, nodes).ifPresent(history::add));
    record
        .lastAttempt()
        .filter(last -> history.isEmpty() || history.getLast().number() != record.starts())
        .ifPresent(last ->
            history.add(
                new AttemptRecord(
                    record.starts(),
                    record.epoch(),
                    Optional.ofNullable(nodes.get(record.epoch())),
                    last[0],
                    Optional.of(last[1]),
                    how(state),
                    record.error())));
    TaskRecordCodec.Running.parse(running)
        .ifPresent(now ->
            history.add(
                new AttemptRecord(
                    now.attempt(),
                    now.epoch(),
                    Optional.ofNullable(nodes.get(now.epoch())),
                    now.startedAt(),
                    Optional.empty(),
                    How.RUNNING,
                    "")));
    return history;
  }

  private static How how(TaskState state) {
    return switch (state.named()) {
      case COMPLETED -> How.COMPLETED;
      case CANCELLED -> How.CANCELLED;
      case DEAD, EXPIRED, SCHEDULED, RETRYING, READY, RUNNING -> How.FAILED;
    };
  }

  /// @param leaders each `<epoch> <node>`
  static Map<Long, String> nodes(List<byte[]> leaders) {
    Map<Long, String> nodes = new HashMap<>();
    for (byte[] leader : leaders) {
      String text = new String(leader, US_ASCII).split("\t", 2)[0];
      if (LEADER.matcher(text).matches()) {
        int space = text.indexOf(' ');
        nodes.put(Long.parseLong(text.substring(0, space)), text.substring(space + 1));
      }
    }
    return nodes;
  }
}
