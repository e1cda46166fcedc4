package dev.taskscheduler.leader.raft;

import java.io.IOException;

/// Something that a peer sent is refused; the connection to it is closed.
final class PeerRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  PeerRefusedException(String why) {
    super(why);
  }
}
