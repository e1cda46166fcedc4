package dev.taskscheduler.leader.raft;

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
import org.apache.ratis.protocol.exceptions.GroupMismatchException;
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

  static List<Serializable> what_others_might_send() {
    return List.of(
        new PriorityQueue<>(List.of("a")),
        new java.util.HashMap<>(),
        new GroupMismatchException("what Ratis's own transport would read"),
        new IOException("disk"),
        new java.net.InetSocketAddress("127.0.0.1", 1),
        new javax.management.BadAttributeValueExpException("x"));
  }

  @ParameterizedTest
  @MethodSource("what_others_might_send")
  void no_object_is_read(Serializable sent) {
    assertThrows(InvalidClassException.class, () -> over(sent));
  }
}
