package dev.taskscheduler;

import dev.taskscheduler.conf.SchedulerConfig;
import dev.taskscheduler.leader.Leadership;
import dev.taskscheduler.logging.Logging;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// [Main] with a thread that writes down until when the node's pool trusts itself.
public final class ProbeNode {
  private ProbeNode() {}

  /// Runs a node.
  public static void main(String[] args) {
    SchedulerConfig config = SchedulerConfig.load(System.getenv());
    Logging.configure(config.log().format(), config.log().level(), config.leader().node());
    App node = Main.start(config);
    long epoch = 0;
    long told = 0;
    long lastSeen = 0;
    while (true) {
      long before = System.nanoTime();
      Optional<Leadership> leadership = node.leadership().leadership();
      long left = leadership.map(l -> l.trustLeft().toNanos()).orElse(0L);
      if (left > 0
          && System.nanoTime() - before
              < 1_000_000) { // else it was held up, and the sum below means nothing
        epoch = leadership.get().token().epoch();
        lastSeen = before;
        if (before + left - told > 1_000_000) {
          told = before + left;
          Probe.write("trust " + before + " " + epoch + " " + told);
        }
      } else if (leadership.isEmpty() && epoch != 0) {
        Probe.write("free " + before + " " + epoch + " " + lastSeen);
        epoch = 0;
      }
      LockSupport.parkNanos(2_000_000);
    }
  }
}
