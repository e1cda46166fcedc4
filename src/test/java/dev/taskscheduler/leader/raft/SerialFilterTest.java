package dev.taskscheduler.leader.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SerialFilterTest {
  @BeforeAll
  static void install() {
    SerialFilter.install();
  }

  private static Object over(Serializable object) throws IOException, ClassNotFoundException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return in.readObject();
    }
  }

  static List<Exception> what_peers_answer() {
    return List.of(
        new GroupMismatchException("of another group"),
        new LeaderNotReadyException(
            org.apache.ratis.protocol.RaftGroupMemberId.valueOf(
                org.apache.ratis.protocol.RaftPeerId.valueOf("n1"),
                org.apache.ratis.protocol.RaftGroupId.randomId())),
        new IOException("disk", new IllegalStateException("full")),
        new java.io.InterruptedIOException(),
        new java.net.ConnectException("refused"),
        new IOException(new TimeoutException()),
        new IllegalArgumentException("wrong"));
  }

  @ParameterizedTest
  @MethodSource("what_peers_answer")
  void the_exceptions_of_peers_come_through(Exception answer) throws Exception {
    Exception read = (Exception) over(answer);
    assertEquals(answer.getMessage(), read.getMessage());
    assertEquals(answer.getStackTrace().length, read.getStackTrace().length);
  }

  static List<Serializable> what_others_might_send() {
    return List.of(
        new PriorityQueue<>(List.of("a")),
        new java.util.HashMap<>(),
        new javax.management.BadAttributeValueExpException("x"));
  }

  @ParameterizedTest
  @MethodSource("what_others_might_send")
  void nothing_else_does(Serializable sent) {
    assertThrows(InvalidClassException.class, () -> over(sent));
  }
}
