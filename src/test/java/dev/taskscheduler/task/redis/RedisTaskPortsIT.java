package dev.taskscheduler.task.redis;

import dev.taskscheduler.task.TaskPorts;
import dev.taskscheduler.task.TaskPortsContract;
import dev.taskscheduler.testing.RedisServer;
import org.junit.jupiter.api.AfterEach;

/// The ports on a Redis under their contract.
class RedisTaskPortsIT extends TaskPortsContract {
  private final RedisServer server = new RedisServer();
  private final StoreOnRedis store = new StoreOnRedis(server, StoreOnRedis.LIMITS);

  @Override
  protected TaskPorts ports() {
    return store.tasks.ports();
  }

  @AfterEach
  void stop() {
    store.close();
    server.close();
  }
}
