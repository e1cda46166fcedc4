package dev.taskscheduler.handlers;

import dev.taskscheduler.task.TaskPorts;
import dev.taskscheduler.task.TaskPortsContract;

/// The fake store under the contract of the ports.
class MemoryStoreTest extends TaskPortsContract {
  private final TaskPorts ports = new MemoryStore().ports();

  @Override
  protected TaskPorts ports() {
    return ports;
  }
}
