package dev.taskscheduler.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.util.JedisClusterCRC16;

/// Asks a node of a Redis Cluster for the primary of one slot.
///
/// @param slot 0 to 16383
record SlotQuestion(int slot) implements PrimaryQuestion {
  /// The slot of a namespace.
  static SlotQuestion of(Namespace namespace) {
    return new SlotQuestion(JedisClusterCRC16.getSlot(namespace.key("")));
  }

  @Override
  public View ask(Connection connection, RedisAddress asked) {
    ServerInfo info =
        ServerInfo.parse(
            connection.executeCommand(new CommandArguments(Protocol.Command.CLUSTER).add("INFO")));
    long epoch = info.field("cluster_current_epoch").map(Long::parseLong).orElse(0L);
    Object ranges =
        connection.executeCommand(new CommandArguments(Protocol.Command.CLUSTER).add("SLOTS"));
    List<RedisAddress> primaries = new ArrayList<>();
    Optional<RedisAddress> found = Optional.empty();
    for (Object each : (List<?>) ranges) {
      List<?> range = (List<?>) each;
      RedisAddress primary = address((List<?>) range.get(2), asked);
      if ((Long) range.get(0) <= slot && slot <= (Long) range.get(1)) {
        found = Optional.of(primary);
      }
      primaries.add(primary);
    }
    if (found.isEmpty()) {
      throw new JedisDataException("no node of the Cluster has slot " + slot);
    }
    return new View(found.get(), epoch, primaries.stream().distinct().toList());
  }

  /// A node that does not know how it is reached leaves its host out: it is the one that is asked.
  private static RedisAddress address(List<?> node, RedisAddress asked) {
    String host =
        node.get(0) instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : "";
    return new RedisAddress(
        host.isEmpty() || host.equals("?") ? asked.host() : host, ((Long) node.get(1)).intValue());
  }

  @Override
  public String what() {
    return "no node of the Cluster says who serves slot " + slot;
  }
}
