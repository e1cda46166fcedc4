package dev.taskscheduler.task.redis;

import dev.taskscheduler.redis.Namespace;
import dev.taskscheduler.spi.FencingToken;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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
  final byte[] parked;

  /// What was set aside since it could not be read.
  final byte[] damaged;

  /// Followed by a priority's letter, a colon and a type it is a list of tasks that were set aside.
  final byte[] parkedPrefix;

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
    parked = namespace.key("parked");
    damaged = namespace.key("damaged");
    parkedPrefix = namespace.key("parked:");
    wakeChannel = namespace.text("wake");
    maintenanceChannel = namespace.text("maintenance");
    cancelChannel = namespace.text("cancel");
    damagedChannel = namespace.text("damaged");
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
