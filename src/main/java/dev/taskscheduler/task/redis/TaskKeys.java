package dev.taskscheduler.task.redis;

import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.spi.FencingToken;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// The names of all keys of tasks. `docs/data.md` says what each holds.
final class TaskKeys {
  final byte[] leader;
  final byte[] readyHigh;
  final byte[] readyMedium;
  final byte[] readyLow;
  final byte[] scheduled;
  final byte[] running;
  final byte[] done;
  final byte[] retained;
  final byte[] dead;
  final byte[] expired;
  final byte[] cancelled;
  final byte[] cancelling;
  final byte[] paused;
  final byte[] parked;
  final byte[] stale;
  final byte[] leaders;

  /// What was set aside since it could not be read.
  final byte[] damaged;

  /// Followed by an id it is a task's key.
  final byte[] taskPrefix;

  /// Followed by an id: the key of a task's attempts.
  final byte[] attemptsPrefix;

  /// Followed by a priority's letter, a colon and a type it is a list of tasks that were set aside.
  final byte[] parkedPrefix;

  /// Followed by a hash it is the key of an idempotency key.
  final byte[] idempotencyPrefix;

  /// Followed by a hash it is the key of a unique key.
  final byte[] uniquePrefix;

  /// Followed by the rest of a key's name it is where that key was set aside.
  final byte[] damagedPrefix;

  /// Of all keys.
  final byte[] allPrefix;

  /// The channel that wakes the leader's dispatcher.
  final String wakeChannel;

  /// The channel that wakes the leader's maintenance.
  final String maintenanceChannel;

  /// The channel that tells the leader of a running task to cancel.
  final String cancelChannel;

  /// The channel that tells the leader that something was set aside.
  final String damagedChannel;

  TaskKeys(Namespace namespace) {
    leader = namespace.key("leader");
    readyHigh = namespace.key("ready:high");
    readyMedium = namespace.key("ready:medium");
    readyLow = namespace.key("ready:low");
    scheduled = namespace.key("scheduled");
    running = namespace.key("running");
    done = namespace.key("done");
    retained = namespace.key("retained");
    dead = namespace.key("dead");
    expired = namespace.key("expired");
    cancelled = namespace.key("cancelled");
    cancelling = namespace.key("cancelling");
    paused = namespace.key("paused");
    parked = namespace.key("parked");
    stale = namespace.key("stale");
    leaders = namespace.key("leaders");
    damaged = namespace.key("damaged");
    taskPrefix = namespace.key("task:");
    attemptsPrefix = namespace.key("attempts:");
    parkedPrefix = namespace.key("parked:");
    idempotencyPrefix = namespace.key("idempotency:");
    uniquePrefix = namespace.key("unique:");
    damagedPrefix = namespace.key("damaged:");
    allPrefix = namespace.key("");
    wakeChannel = namespace.text("wake");
    maintenanceChannel = namespace.text("maintenance");
    cancelChannel = namespace.text("cancel");
    damagedChannel = namespace.text("damaged");
  }

  /// The lease and the three ready lists, which most scripts begin with, and then `more`.
  List<byte[]> leaderAndReady(byte[]... more) {
    byte[][] keys = new byte[4 + more.length][];
    keys[0] = leader;
    keys[1] = readyHigh;
    keys[2] = readyMedium;
    keys[3] = readyLow;
    System.arraycopy(more, 0, keys, 4, more.length);
    return List.of(keys);
  }

  /// What was set aside, and then all keys whose type is known beforehand, but for the lease.
  List<byte[]> allThatIsTyped() {
    return List.of(
        damaged,
        readyHigh,
        readyMedium,
        readyLow,
        scheduled,
        running,
        done,
        retained,
        dead,
        expired,
        cancelled,
        cancelling,
        paused,
        parked,
        stale,
        leaders);
  }

  /// A list of tasks that were set aside.
  ///
  /// @param what a priority's letter, a colon and a type
  byte[] parkedList(String what) {
    byte[] type = bytes(what);
    byte[] key = Arrays.copyOf(parkedPrefix, parkedPrefix.length + type.length);
    System.arraycopy(type, 0, key, parkedPrefix.length, type.length);
    return key;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] bytes(FencingToken token) {
    return bytes(token.toString());
  }

  static byte[] bytes(long number) {
    return bytes(Long.toString(number));
  }
}
