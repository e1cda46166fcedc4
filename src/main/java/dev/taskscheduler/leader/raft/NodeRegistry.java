package dev.taskscheduler.leader.raft;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The replicated state: what members told of themselves, by id. Each writes its own entry when it
/// leads. A value.
record NodeRegistry(Map<String, NodeEntry> nodes) {
  private static final String HEADER = "registry 1";
  private static final String SEPARATOR = "\t";
  private static final int FIELDS = 3;
  private static final int MOST = 1_000;

  static final NodeRegistry EMPTY = new NodeRegistry(Map.of());

  NodeRegistry {
    nodes = Map.copyOf(nodes);
  }

  Optional<NodeEntry> find(String id) {
    return Optional.ofNullable(nodes.get(id));
  }

  /// One entry as it stands in the log.
  static String line(String id, NodeEntry entry) {
    return String.join(SEPARATOR, id, entry.http(), entry.version());
  }

  /// This registry with what a line of the log says; a line that cannot be read, such as a later
  /// version's, changes nothing.
  NodeRegistry with(String line) {
    String[] fields = line.split(SEPARATOR, -1);
    if (fields.length < FIELDS || (nodes.size() >= MOST && !nodes.containsKey(fields[0]))) {
      return this;
    }
    Map<String, NodeEntry> next = new TreeMap<>(nodes);
    next.put(fields[0], new NodeEntry(fields[1], fields[2]));
    return new NodeRegistry(next);
  }

  /// All of it, as a snapshot keeps it; never empty.
  List<String> lines() {
    var lines = new java.util.ArrayList<String>();
    lines.add(HEADER);
    new TreeMap<>(nodes).forEach((id, entry) -> lines.add(line(id, entry)));
    return lines;
  }

  static NodeRegistry read(List<String> lines) {
    NodeRegistry registry = EMPTY;
    for (String line : lines) {
      registry = registry.with(line);
    }
    return registry;
  }
}
