package dev.taskscheduler.task.redis;

import dev.taskscheduler.redis.Namespace;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// All keys of tasks. `docs/data.md` says what each holds.
final class TaskKeys {
  final byte[] fence;
  final byte[] readyHigh;
  final byte[] readyMedium;
  final byte[] readyLow;
  final byte[] scheduled;
  final byte[] running;
  final byte[] done;
  final byte[] dead;

  /// Followed by an id it is a task's key.
  final byte[] taskPrefix;

  /// The channel that wakes the leader's dispatcher.
  final String wakeChannel;

  /// The channel that wakes the leader's caretaker.
  final String careChannel;

  TaskKeys(Namespace namespace) {
    fence = namespace.key("leader");
    readyHigh = namespace.key("ready:high");
    readyMedium = namespace.key("ready:medium");
    readyLow = namespace.key("ready:low");
    scheduled = namespace.key("scheduled");
    running = namespace.key("running");
    done = namespace.key("done");
    dead = namespace.key("dead");
    taskPrefix = namespace.key("task:");
    wakeChannel = namespace.text("wake");
    careChannel = namespace.text("care");
  }

  /// The fence and the three ready lists, which most scripts begin with, and then `more`.
  List<byte[]> fenceAndReady(byte[]... more) {
    byte[][] keys = new byte[4 + more.length][];
    keys[0] = fence;
    keys[1] = readyHigh;
    keys[2] = readyMedium;
    keys[3] = readyLow;
    System.arraycopy(more, 0, keys, 4, more.length);
    return List.of(keys);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] bytes(long number) {
    return bytes(Long.toString(number));
  }
}
