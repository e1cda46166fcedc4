package dev.taskscheduler;

import dev.taskscheduler.conf.SchedulerConfig;
import dev.taskscheduler.handlers.HelidonServices;
import dev.taskscheduler.logging.Logging;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// Runs a node with each elector in one process until a signal stops it, to record the AOT cache of
/// the image. With a cache for one elector only, nodes with the other one would start slowly.
public final class AotTraining {
  private AotTraining() {}

  /// Reads the settings that [Main] reads, except the elector.
  ///
  /// @param args the address on which the node of each elector listens: Redis, then Raft
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
      Logging.configure(config.log().format(), config.log().level(), config.leader().node());
      Main.start(config);
    }
    new CountDownLatch(1).await();
  }
}
