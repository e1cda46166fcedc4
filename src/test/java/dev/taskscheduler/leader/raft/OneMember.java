package dev.taskscheduler.leader.raft;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// A member of three whose peers are not there: the attacker says that it is one of them.
abstract class OneMember {
  static RaftPeers shared;

  @BeforeAll
  static void start() {
    shared = PortCalls.alone();
  }

  @AfterAll
  static void stop() {
    shared.close();
  }
}
