package dev.taskscheduler.leader.raft;

import java.io.ObjectInputFilter;

/// Refuses every serialised Java object in this process. Ratis's Netty transport reads exceptions
/// so, from whoever answers it; [RaftPort] takes their place and reads none, and should a part of
/// Ratis come to do it again, this stops it.
final class SerialFilter {
  private static final System.Logger LOG = System.getLogger(SerialFilter.class.getName());

  private SerialFilter() {}

  /// Sets it for the whole process, once; one that was given with `jdk.serialFilter` stays.
  static void install() {
    if (ObjectInputFilter.Config.getSerialFilter() != null) {
      return;
    }
    try {
      ObjectInputFilter.Config.setSerialFilter(ObjectInputFilter.Config.createFilter("!*"));
    } catch (IllegalStateException e) { // set in the meantime
      LOG.log(System.Logger.Level.DEBUG, "serial filter stands already", e);
    }
  }
}
