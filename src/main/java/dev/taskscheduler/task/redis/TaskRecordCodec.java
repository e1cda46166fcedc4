package dev.taskscheduler.task.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.Outcome;
import dev.taskscheduler.task.Priority;
import dev.taskscheduler.task.SubmitOptions;
import dev.taskscheduler.task.Tags;
import dev.taskscheduler.task.Task;
import dev.taskscheduler.task.TaskOption;
import dev.taskscheduler.task.TaskOptions;
import dev.taskscheduler.task.TaskState;
import java.lang.System.Logger.Level;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads and writes a task's record, whose layout `record.lua` describes.
final class TaskRecordCodec {
  private static final System.Logger LOG = System.getLogger(TaskRecordCodec.class.getName());
  private static final int STATE = 0;
  private static final int STARTED = 1;
  static final int FINISHED = 14;
  static final int STARTS = 27;
  private static final int EPOCH = 33;
  static final int CHARGED = 45;
  static final int PRIORITY = 49;
  static final int SUBMITTED = 50;
  static final int TYPE = 63;
  private static final String PRIORITIES = "hml";
  private static final int LONGEST_TYPE = 64;
  private static final int LONGEST_ERROR = 1000;
  private static final double LATEST_MS = 253_402_300_799_000.0; // the end of the year 9999

  /// Bytes that hold all of a record but the payload: the header, the type, the options and the
  /// error in UTF-8.
  static final int HEAD_BYTES =
      TYPE + LONGEST_TYPE + TaskOptionsCodec.LONGEST + 1 + 3 * LONGEST_ERROR + 1;

  private final byte[] bytes;

  TaskRecordCodec(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Whether these bytes begin a record; no bytes are none, and nor is what a person left there.
  static boolean isOne(byte[] head) {
    return head.length > TYPE
        && "wcdex".indexOf(head[STATE]) >= 0
        && PRIORITIES.indexOf(head[PRIORITY]) >= 0
        && isHex(head, STARTED, PRIORITY)
        && isHex(head, SUBMITTED, TYPE);
  }

  private static boolean isHex(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (Character.digit(bytes[i], 16) < 0) {
        return false;
      }
    }
    return true;
  }

  /// Reads a whole record as `reader` does; empty where it cannot be read.
  static <T> Optional<T> read(byte[] record, Function<TaskRecordCodec, T> reader) {
    TaskRecordCodec whole = new TaskRecordCodec(record);
    return isOne(record) && whole.find('\n', TYPE) < Math.min(record.length, HEAD_BYTES)
        ? whole.readHead(reader)
        : Optional.empty();
  }

  /// Reads the first bytes of a record as `reader` does; empty where they cannot be read.
  static <T> Optional<T> head(byte[] head, Function<TaskRecordCodec, T> reader) {
    return isOne(head) ? new TaskRecordCodec(head).readHead(reader) : Optional.empty();
  }

  /// What stands in Redis may be anything: whatever a value of ours does not take is no record.
  private <T> Optional<T> readHead(Function<TaskRecordCodec, T> reader) {
    try {
      return Optional.of(reader.apply(this));
    } catch (IllegalArgumentException | IllegalStateException | DateTimeException e) {
      LOG.log(Level.DEBUG, "record cannot be read", e);
      return Optional.empty();
    }
  }

  /// What follows the header in a new record: type, options, line feed, payload.
  static byte[] body(NewTask task) {
    String options = TaskOptionsCodec.write(task.options());
    return body(options.isEmpty() ? task.type() : task.type() + options, task.payload());
  }

  static byte[] body(String typeAndOptions, byte[] payload) {
    byte[] name = typeAndOptions.getBytes(UTF_8);
    byte[] body = Arrays.copyOf(name, name.length + 1 + payload.length);
    body[name.length] = '\n';
    System.arraycopy(payload, 0, body, name.length + 1, payload.length);
    return body;
  }

  /// How a submission asks `submit.lua` to place it: its priority, and its options where they say
  /// more than how to run it.
  static String placing(NewTask task) {
    String priority = task.priority().wire();
    TaskOptions options = task.options();
    SubmitOptions terms = task.terms();
    if (options.isEmpty() && terms == SubmitOptions.NONE) {
      return priority; // nearly always
    }
    StringBuilder how = new StringBuilder(priority);
    options.get(TaskOption.DELAY).ifPresent(time -> how.append(" delay=" + time.toMillis()));
    options
        .get(TaskOption.RUN_AT)
        .ifPresent(time -> how.append(" runAt=" + Math.max(0, time.toEpochMilli())));
    options.get(TaskOption.UNIQUE_KEY).ifPresent(hash -> how.append(" unique=" + hash));
    terms
        .uniqueWindow()
        .ifPresent(unique ->
            how.append(" window=%s,%d".formatted(unique.keyHash(), unique.window().toMillis())));
    terms
        .idempotency()
        .ifPresent(key ->
            how.append(
                " idempotency=%s,%s,%d"
                    .formatted(key.keyHash(), key.fingerprint(), key.remembered().toMillis())));
    return how.toString();
  }

  private static final byte[] COMPLETED = "completed".getBytes(UTF_8);
  private static final byte[] CANCELLED = "cancelled".getBytes(UTF_8);

  /// An end as `end.lua` takes it.
  static byte[] outcome(Claim claim, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Success(byte[] result) ->
          result.length == 0 && claim.options().endsPlainly()
              ? COMPLETED
              : body("completed" + TaskOptionsCodec.write(claim.options()), result);
      case Outcome.Failure failure ->
          String.join(
                  " ",
                  failure.retryIn().isPresent() ? "retry" : "dead",
                  failure.timedOut() ? "timed_out" : "failed",
                  failure.retryAfter().map(time -> String.valueOf(time.toMillis())).orElse("-"),
                  failure.retryIn().map(delay -> delay.toMillis() + " ").orElse("")
                      + line(failure.error()))
              .getBytes(UTF_8);
      case Outcome.Cancelled() -> CANCELLED;
    };
  }

  /// An error as a record holds it: control characters would end its place.
  private static String line(String error) {
    int end = Math.min(error.length(), LONGEST_ERROR);
    if (end < error.length() && Character.isHighSurrogate(error.charAt(end - 1))) {
      end--;
    }
    return error.substring(0, end).replaceAll("\\p{Cntrl}+", " ");
  }

  /// Six hex digits, as scripts count starts.
  static byte[] start(int attempt) {
    byte[] hex = new byte[6];
    for (int i = 5, rest = attempt; i >= 0; i--, rest >>>= 4) {
      hex[i] = (byte) Character.forDigit(rest & 15, 16);
    }
    return hex;
  }

  /// The claim of the start after the last one recorded.
  ///
  /// @param defaults options that its queue gives it, as a record writes them; empty for none
  Claim claim(String id, Instant claimedAt, String defaults) {
    return claim(id, starts() + 1, claimedAt, defaults);
  }

  Claim claim(String id, int attempt, Instant claimedAt, String defaults) {
    return new Claim(
        id,
        attempt,
        charged(),
        priority(),
        type(),
        options().orElse(defaults.isEmpty() ? TaskOptions.NONE : TaskOptionsCodec.read(defaults)),
        payload(),
        time(SUBMITTED),
        claimedAt);
  }

  /// @param running its value in the running hash; empty if it does not run
  /// @param dueMs when it is due; empty if it is not scheduled
  /// @param lastBad the last line of its attempts if it is scheduled; empty if there is none
  Task task(String id, String running, String dueMs, byte[] lastBad) {
    int starts = starts();
    TaskState state;
    if (bytes[STATE] != 'w') {
      state = ended();
    } else if (Running.parse(running).isPresent()) {
      Running parsed = Running.parse(running).get();
      starts = parsed.attempt();
      state = new TaskState.Running(parsed.epoch(), parsed.startedAt());
    } else if (!dueMs.isEmpty()) {
      Instant due = dueAt(dueMs);
      state =
          charged() > 0
              ? new TaskState.Retrying(due, AttemptHistory.error(lastBad))
              : new TaskState.Scheduled(due);
    } else {
      state = new TaskState.Ready();
    }
    TaskOptions options = options();
    return new Task(
        id,
        priority(),
        type(),
        options.queue(),
        options.get(TaskOption.TAGS).map(Tags::read).orElse(List.of()),
        time(SUBMITTED),
        starts,
        state);
  }

  private TaskState ended() {
    return switch (bytes[STATE]) {
      case 'c' -> new TaskState.Completed(time(STARTED), time(FINISHED));
      case 'd' -> new TaskState.Dead(time(STARTED), time(FINISHED), error());
      case 'e' -> new TaskState.Expired(time(FINISHED));
      case 'x' -> new TaskState.Cancelled(lastAttempt().map(times -> times[0]), time(FINISHED));
      default -> throw new IllegalStateException("not a task record: state " + bytes[STATE]);
    };
  }

  /// A value of the running hash.
  record Running(String token, int attempt, Instant startedAt) {
    private static final Pattern TEXT =
        Pattern.compile(
            "(\\d{1,18}:[0-9a-f]+) ([0-9a-f]{6}) ([0-9a-f]{13})( [A-Za-z0-9._:-]{1,128})?");

    /// Reads a value; empty where there is none, or none that can be read.
    static Optional<Running> parse(String value) {
      Matcher matcher = TEXT.matcher(value);
      return matcher.matches()
          ? Optional.of(
              new Running(
                  matcher.group(1),
                  Integer.parseInt(matcher.group(2), 16),
                  ofMicros(Long.parseLong(matcher.group(3), 16))))
          : Optional.empty();
    }

    long epoch() {
      return Long.parseLong(token.substring(0, token.indexOf(':')));
    }
  }

  /// The epoch of the leader that started its last attempt that is over; 0 if there was none.
  long epoch() {
    return hex(EPOCH, 12);
  }

  /// Attempts charged against its limit.
  int charged() {
    return (int) hex(CHARGED, 4);
  }

  /// Starts that are over.
  int starts() {
    return (int) hex(STARTS, 6);
  }

  /// What was submitted; empty where only a head was read.
  byte[] payload() {
    int line = find('\n', TYPE);
    return line == bytes.length ? new byte[0] : Arrays.copyOfRange(bytes, line + 1, bytes.length);
  }

  /// The attempt that ended the task; empty if it has not ended, or no attempt ended it.
  Optional<Instant[]> lastAttempt() {
    return bytes[STATE] == 'w' || hex(STARTED, 13) == 0
        ? Optional.empty()
        : Optional.of(new Instant[] {time(STARTED), time(FINISHED)});
  }

  private Priority priority() {
    return Priority.values()[PRIORITIES.indexOf(bytes[PRIORITY])];
  }

  private String type() {
    int end = TYPE;
    while (end < bytes.length && bytes[end] > ' ') {
      end++;
    }
    return new String(bytes, TYPE, end - TYPE, UTF_8).intern();
  }

  TaskOptions options() {
    int space = TYPE;
    while (space < bytes.length && bytes[space] > ' ') {
      space++;
    }
    if (space == bytes.length || bytes[space] != ' ') {
      return TaskOptions.NONE; // nearly always
    }
    int end = Math.min(find('\t', space), find('\n', space));
    return TaskOptionsCodec.read(new String(bytes, space, end - space, UTF_8));
  }

  /// Of a dead or expired task; empty for any other.
  String error() {
    int tab = find('\t', TYPE);
    int line = find('\n', TYPE);
    return tab < line ? new String(bytes, tab + 1, line - tab - 1, UTF_8) : "";
  }

  private int find(char c, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == c) {
        return i;
      }
    }
    return bytes.length;
  }

  private Instant time(int offset) {
    return ofMicros(hex(offset, 13));
  }

  /// @param score of the sorted set of what is scheduled, ms
  static Instant dueAt(String score) {
    double ms = switch (score) { // Redis writes what is infinite in its own way
          case "inf" -> LATEST_MS;
          case "-inf" -> 0;
          default -> Double.parseDouble(score);
        };
    return Instant.ofEpochMilli((long) Math.clamp(ms, 0.0, LATEST_MS));
  }

  /// Microseconds as a record writes times; one that is before 1970 or beyond its digits, as near
  /// as they go.
  static String hexMicros(Instant time) {
    long seconds = Math.clamp(time.getEpochSecond(), 0, (1L << 52) / 1_000_000 - 1);
    long micros = seconds == time.getEpochSecond() ? time.getNano() / 1000 : 0;
    return "%013x".formatted(seconds * 1_000_000 + micros);
  }

  static Instant ofMicros(long micros) {
    return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
  }

  private long hex(int offset, int digits) {
    long number = 0;
    for (int i = offset; i < offset + digits; i++) {
      number = number << 4 | Character.digit(bytes[i], 16);
    }
    return number;
  }
}
