package dev.taskscheduler.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A process of this machine, told apart from a later one that was given the same number.
///
/// @param startMs when it was started; 0 where the system does not say
record Proc(long pid, long startMs) {
  private static final Duration CLOCK_STEP = Duration.ofMinutes(1); // a start is read off the clock

  static Proc of(ProcessHandle handle) {
    return new Proc(handle.pid(), start(handle));
  }

  private static long start(ProcessHandle handle) {
    return handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /// Reads what [#toString] wrote.
  static Proc parse(String text) {
    int at = text.indexOf('@');
    return new Proc(Long.parseLong(text.substring(0, at)), Long.parseLong(text.substring(at + 1)));
  }

  boolean alive() {
    return handle().isPresent();
  }

  Optional<ProcessHandle> handle() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(handle -> Math.abs(start(handle) - startMs) < CLOCK_STEP.toMillis())
        .filter(handle -> !zombie());
  }

  /// Dead, but its parent has not asked how it ended: where the first process of a container never
  /// asks, that is for good.
  private boolean zombie() {
    try {
      String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
      return stat.startsWith(" Z", stat.lastIndexOf(')') + 1);
    } catch (IOException e) {
      return false; // no /proc on this system
    }
  }

  @Override
  public String toString() {
    return pid + "@" + startMs;
  }
}
