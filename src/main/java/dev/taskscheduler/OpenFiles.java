package dev.taskscheduler;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.taskscheduler.conf.ElectionKind;
import dev.taskscheduler.runner.http.HttpSender;
import java.lang.management.ManagementFactory;

/// Shares out the files that this process may have open, sockets among them, so that neither its
/// clients nor its own HTTP tasks can take the last one.
///
/// @param limit of the process
/// @param reserve for the program itself: its libraries, Redis, Raft
/// @param workers that may run tasks, each with a connection
/// @param idleTargets connections to targets that may be kept for another request
/// @param clients connections that may come in
record OpenFiles(long limit, long reserve, int workers, int idleTargets, int clients) {
  private static final System.Logger LOG = System.getLogger(OpenFiles.class.getName());

  /// Opened after the start at the most, measured with room to spare: connections to Redis, the
  /// files of TLS and tokens.
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

  /// Clients get at least half of what the program leaves.
  static OpenFiles shared(long limit, long reserve, int wanted) {
    long free = limit - reserve;
    if (free < LEAST) {
      throw new IllegalStateException(
          "only "
              + limit
              + " files may be open, and it takes "
              + (reserve + LEAST)
              + ": raise the limit (ulimit -n, LimitNOFILE=, ulimits of the container)");
    }
    int idle = (int) Math.min(HttpSender.MAX_IDLE, free / 8);
    int workers = (int) Math.min(wanted, free / 2 - idle);
    return new OpenFiles(
        limit, reserve, workers, idle, (int) Math.min(Integer.MAX_VALUE, free - idle - workers));
  }

  /// Logs what was shared out.
  ///
  /// @param wanted workers
  void tell(int wanted) {
    LOG.log(
        INFO,
        () ->
            "open files limit="
                + limit
                + " reserve="
                + reserve
                + " clients="
                + clients
                + " workers="
                + workers
                + " idle targets="
                + idleTargets);
    if (workers < wanted) {
      LOG.log(
          WARNING,
          () ->
              "fewer workers than WORKER_COUNT: only "
                  + limit
                  + " files may be open: raise the limit (ulimit -n, LimitNOFILE=, ulimits of the"
                  + " container) workers="
                  + workers
                  + " wanted="
                  + wanted);
    }
  }
}
