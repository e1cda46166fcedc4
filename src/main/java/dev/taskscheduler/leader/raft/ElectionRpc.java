package dev.taskscheduler.leader.raft;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.netty.NettyFactory;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/// Ratis's Netty transport with two changes: the port is [RaftPort], and a leader brings back a
/// follower that lost its data. Ratis makes one by its class name.
final class ElectionRpc implements RpcType {
  private static final String CONFIG = RaftConfig.class.getName();
  private static final String PROOF = PeerProof.class.getName();

  /// What [#newFactory] is to be given.
  static Parameters parameters(RaftConfig config, PeerProof proof) {
    Parameters parameters = new Parameters();
    parameters.put(CONFIG, config, RaftConfig.class);
    parameters.put(PROOF, proof, PeerProof.class);
    return parameters;
  }

  @Override
  public String name() {
    return SupportedRpcType.NETTY.name();
  }

  @Override
  public RpcFactory newFactory(Parameters parameters) {
    NettyFactory netty = new NettyFactory(parameters);
    return new ServerFactory() {
      @Override
      public SupportedRpcType getRpcType() {
        return netty.getRpcType();
      }

      @Override
      public RaftServerRpc newRaftServerRpc(RaftServer server) {
        return new RaftPort(
            parameters.getNonNull(CONFIG, RaftConfig.class),
            parameters.getNonNull(PROOF, PeerProof.class),
            server);
      }

      @Override
      public LogAppender newLogAppender(
          RaftServer.Division division, LeaderState leader, FollowerInfo follower) {
        return netty.newLogAppender(division, new LostFollowerReset(leader), follower);
      }
    };
  }
}
