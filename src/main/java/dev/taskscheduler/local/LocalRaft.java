package dev.taskscheduler.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The Raft group of a local cluster: free ports on loopback, new at each start, and data kept
/// between runs, apart for each size of the cluster.
final class LocalRaft {
  private static final int SECRET_BYTES = 32;

  private final Path folder;
  private final List<String> names;
  private final List<Integer> ports;

  /// @param folder where the members keep their data
  /// @param names of the nodes
  LocalRaft(Path folder, List<String> names) throws IOException {
    this.folder = Files.createDirectories(folder.resolve("raft-" + names.size()));
    this.names = names;
    this.ports = freePorts(names.size());
  }

  /// A secret of these members, made once: others on this machine reach their ports too.
  private Path secret() throws IOException {
    Path file = folder.resolve("secret");
    if (!Files.exists(file)) {
      byte[] random = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(random);
      Path part = Files.createTempFile(folder, "secret", ""); // for its owner's eyes alone
      Files.writeString(part, HexFormat.of().formatHex(random) + "\n");
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return file;
  }

  /// Different free ports on loopback.
  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> open = new ArrayList<>(); // all at once, so that they differ
    try {
      for (int i = 0; i < count; i++) {
        open.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return open.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : open) {
        socket.close();
      }
    }
  }

  /// The variables of one node.
  Map<String, String> variables(int index) throws IOException {
    Map<String, String> variables = new HashMap<>();
    variables.put("RAFT_BIND_ADDR", "127.0.0.1:" + ports.get(index));
    variables.put("RAFT_DATA_DIR", folder.resolve(names.get(index)).toString());
    if (names.size() == 1) {
      variables.put("RAFT_ELECTION_TIMEOUT", "100ms"); // there is nobody to wait for
    } else {
      variables.put("RAFT_SECRET_FILE", secret().toString());
      variables.put(
          "RAFT_NODES",
          IntStream.range(0, names.size())
              .mapToObj(i -> names.get(i) + ":127.0.0.1:" + ports.get(i))
              .collect(Collectors.joining(",")));
    }
    return variables;
  }
}
