package dev.taskscheduler.leader.raft;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// Sets the properties of Ratis: for a group that only elects, with a log that stays small for
/// ever.
final class RatisProperties {
  /// Of a log whose every entry is about an election, so small that a restart or a newcomer never
  /// has much to read.
  private static final long ENTRIES_PER_SNAPSHOT = 50;

  private static final int SNAPSHOTS_KEPT = 2;
  private static final Duration STEP_DOWN_AFTER_PAUSE = Duration.ofSeconds(2);
  private static final Duration RETRY_DEAD_PEER = Duration.ofMillis(200);

  private RatisProperties() {}

  static RaftProperties of(RaftConfig config) {
    RaftProperties settings = new RaftProperties();
    settings.set(RaftConfigKeys.Rpc.TYPE_KEY, ElectionRpc.class.getName());
    RaftServerConfigKeys.setStorageDir(settings, List.of(config.dataDir().toFile()));
    timeouts(settings, config);
    log(settings);
    return settings;
  }

  private static void timeouts(RaftProperties settings, RaftConfig config) {
    RaftServerConfigKeys.Rpc.setTimeoutMin(settings, time(config.electionMin()));
    RaftServerConfigKeys.Rpc.setTimeoutMax(settings, time(config.electionMax()));
    RaftServerConfigKeys.Rpc.setSleepTime(settings, time(RETRY_DEAD_PEER));
    RaftServerConfigKeys.LeaderElection.setPreVote(settings, true);
    // Also the pause of the process after which it gives leadership up.
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
        settings, time(STEP_DOWN_AFTER_PAUSE));
    // After a pause longer than this it closes itself for good; a suspended machine comes back.
    RaftServerConfigKeys.setCloseThreshold(settings, TimeDuration.valueOf(24, TimeUnit.HOURS));
  }

  private static void log(RaftProperties settings) {
    RaftServerConfigKeys.Log.setSegmentSizeMax(settings, SizeInBytes.valueOf("1MB"));
    RaftServerConfigKeys.Log.setPreallocatedSize(settings, SizeInBytes.valueOf("64KB"));
    RaftServerConfigKeys.Log.setWriteBufferSize(settings, SizeInBytes.valueOf("256KB"));
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(settings, SizeInBytes.valueOf("128KB"));
    RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(
        settings, SizeInBytes.valueOf("256KB")); // a frame is 1 MiB at the most
    RaftServerConfigKeys.Log.setPurgeGap(settings, 1);
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(settings, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(settings, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(settings, ENTRIES_PER_SNAPSHOT);
    RaftServerConfigKeys.Snapshot.setCreationGap(settings, 1);
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(settings, false); // a quick stop
    RaftServerConfigKeys.Snapshot.setRetentionFileNum(settings, SNAPSHOTS_KEPT);
  }

  private static TimeDuration time(Duration duration) {
    return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
  }
}
