package dev.taskscheduler.handlers.cluster;

import dev.taskscheduler.cluster.ClusterNode;
import dev.taskscheduler.leader.ElectionStatus;
import dev.taskscheduler.leader.Leader;
import dev.taskscheduler.leader.LeadershipManager;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// The questions that the REST API asks about leadership.
public interface LeaderView {
  /// Who leads as this node sees it; empty while there is none.
  Optional<Leader> leader();

  /// Whether this node leads.
  boolean leads();

  /// Why nobody leads or this node may not, for people; empty when all is well.
  Optional<String> problem();

  /// What the elector knows of its group; empty where it has none.
  Optional<ElectionStatus> election();

  /// What a node has announced of itself; empty if that is not known.
  Optional<ClusterNode> node(String id);

  /// All nodes that have announced themselves lately, in the order of their ids.
  List<ClusterNode> nodes();

  /// Whether this node has found its place among the electors since it started.
  boolean joined();

  /// Gives leadership up; returns at once.
  ///
  /// @return false if this node does not lead
  boolean resign();

  /// The view of a running node.
  ///
  /// @param all nodes that have announced themselves
  static LeaderView of(
      LeadershipManager manager,
      Function<String, Optional<ClusterNode>> nodes,
      Supplier<List<ClusterNode>> all) {
    return new LeaderView() {
      @Override
      public Optional<Leader> leader() {
        return manager.leader();
      }

      @Override
      public boolean leads() {
        return manager.leadership().isPresent();
      }

      @Override
      public Optional<String> problem() {
        return manager.problem();
      }

      @Override
      public Optional<ElectionStatus> election() {
        return manager.election();
      }

      @Override
      public Optional<ClusterNode> node(String id) {
        return nodes.apply(id);
      }

      @Override
      public List<ClusterNode> nodes() {
        return all.get();
      }

      @Override
      public boolean joined() {
        return manager.joined();
      }

      @Override
      public boolean resign() {
        return manager.resign();
      }
    };
  }
}
