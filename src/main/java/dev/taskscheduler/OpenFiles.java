package dev.taskscheduler;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.taskscheduler.conf.ElectionKind;
import dev.taskscheduler.runner.http.HttpSender;
import java.lang.management.ManagementFactory;

/// Divides the files that this process may open, sockets included, so that neither its clients nor
/// its own HTTP tasks can take the last one.
///
/// @param limit of the process
/// @param reserve for the program itself: its libraries, Redis, Raft
/// @param workers how many may run tasks, each with a connection
/// @param idleTargets idle connections to targets that may stay open
/// @param clients connections that clients may open
record OpenFiles(long limit, long reserve, int workers, int idleTargets, int clients) {
  private static final System.Logger LOG = System.getLogger(OpenFiles.class.getName());

  /// The most files that are opened after the start, measured, with a reserve: connections to
  /// Redis, the files of TLS and tokens.
  private static final int LATER = 48;

  /// The same for Raft: its log, its peers and their connections.
  private static final int LATER_FOR_RAFT = 64;

  private static final int LEAST = 24;

  /// @param wanted workers
  /// @throws IllegalStateException if too few files may be open
  static OpenFiles shared(ElectionKind election, int wanted) {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            && unix.getMaxFileDescriptorCount() > 0
        ? shared(
            unix.getMaxFileDescriptorCount(),
            unix.getOpenFileDescriptorCount()
                + LATER
                + (election == ElectionKind.RAFT ? LATER_FOR_RAFT : 0),
            wanted)
        : new OpenFiles(Long.MAX_VALUE, 0, wanted, HttpSender.MAX_IDLE, Integer.MAX_VALUE);
  }

  /// Gives clients at least half of what the program leaves.
  static OpenFiles shared(long limit, long reserve, int wanted) {
    long free = limit - reserve;
    if (free < LEAST) {
      throw new IllegalStateException(
          ("only %s files may be open, and it takes %s: raise the limit (ulimit -n, "
                  + "LimitNOFILE=, ulimits of the container)")
              .formatted(limit, reserve + LEAST));
    }
    int idle = (int) Math.min(HttpSender.MAX_IDLE, free / 8);
    int workers = (int) Math.min(wanted, free / 2 - idle);
    return new OpenFiles(
        limit, reserve, workers, idle, (int) Math.min(Integer.MAX_VALUE, free - idle - workers));
  }

  /// Logs how many files each part gets.
  ///
  /// @param wanted workers
  void log(int wanted) {
    LOG.log(
        INFO,
        () ->
            "open files limit=%s reserve=%s clients=%s workers=%s idle targets=%s"
                .formatted(limit, reserve, clients, workers, idleTargets));
    if (workers < wanted) {
      LOG.log(
          WARNING,
          () ->
              ("fewer workers than WORKER_COUNT: only %s files may be open: raise the limit (ulimit"
                      + " -n, LimitNOFILE=, ulimits of the container) workers=%s wanted=%s")
                  .formatted(limit, workers, wanted));
    }
  }
}
