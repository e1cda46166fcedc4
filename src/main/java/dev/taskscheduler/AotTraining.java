package dev.taskscheduler;

import dev.taskscheduler.conf.SchedulerConfig;
import dev.taskscheduler.handlers.HelidonServices;
import dev.taskscheduler.logging.Logging;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// Runs a node with each elector in one process, to record the image's AOT cache, until it is told
/// to stop. A cache that knew one elector alone would make the other one slow to start.
public final class AotTraining {
  private AotTraining() {}

  /// Told what [Main] is told, but for the elector.
  ///
  /// @param args where the node of each elector listens: by Redis, by Raft
  public static void main(String[] args) throws InterruptedException {
    HelidonServices.say();
    List<String> electors = List.of("redis", "raft");
    for (int i = 0; i < electors.size(); i++) {
      String elector = electors.get(i);
      Map<String, String> env = new HashMap<>(System.getenv());
      env.put("CONSENSUS_TYPE", elector);
      env.put("NODE_ID", "by-" + elector);
      env.put("REDIS_NAMESPACE", "by-" + elector);
      env.put("LISTEN_ADDR", args[i]);
      SchedulerConfig config = SchedulerConfig.load(env);
      Logging.configure(config.log().format(), config.log().level());
      Main.start(config);
    }
    new CountDownLatch(1).await();
  }
}
