package dev.taskscheduler.leader.raft;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.netty.NettyFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/// Ratis over Netty with one change: a leader brings back a follower that lost its data. Ratis
/// makes one by its class name.
final class ElectionRpc implements RpcType {
  @Override
  public String name() {
    return SupportedRpcType.NETTY.name();
  }

  @Override
  public NettyFactory newFactory(Parameters parameters) {
    return new NettyFactory(parameters) {
      @Override
      public LogAppender newLogAppender(
          RaftServer.Division division, LeaderState leader, FollowerInfo follower) {
        return super.newLogAppender(division, new ForgivingLeader(leader), follower);
      }
    };
  }
}
