package dev.taskscheduler.handlers.cluster;

import dev.taskscheduler.cluster.ClusterNode;
import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.leader.ElectionStatus;
import dev.taskscheduler.leader.Leader;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// `GET /leader` and `POST /leader/resign`.
public final class LeaderHandler {
  private final String node;
  private final LeaderView view;

  public LeaderHandler(String node, LeaderView view) {
    this.node = node;
    this.view = view;
  }

  public void leader(ServerRequest req, ServerResponse res) {
    Optional<Leader> leader = view.leader();
    Responses.json(req, res, Status.OK_200, JsonText.object(json -> write(json, leader, view)));
  }

  /// Writes who leads, and all that is known of it.
  public static void write(JsonGenerator json, Optional<Leader> leader, LeaderView view) {
    if (leader.isEmpty()) {
      json.writeNullProperty("leader");
    } else {
      json.writeStringProperty("leader", leader.get().node());
    }
    details(json, leader, view);
  }

  /// Since when and by whom somebody leads, and what a group of electors knows of itself.
  static void details(JsonGenerator json, Optional<Leader> leader, LeaderView view) {
    lease(json, leader);
    view.election()
        .ifPresentOrElse(status -> group(json, status, view), () -> announced(json, view.nodes()));
  }

  /// The same for those who may not know the members and their addresses.
  static void summary(JsonGenerator json, Optional<Leader> leader, LeaderView view) {
    lease(json, leader);
    view.election().ifPresent(status -> json.writeNumberProperty("term", status.term()));
  }

  private static void lease(JsonGenerator json, Optional<Leader> leader) {
    leader.ifPresent(now -> {
      json.writeNumberProperty("epoch", now.epoch());
      json.writeStringProperty("elector", now.elector());
      json.writeStringProperty("since", JsonText.time(now.since()));
    });
  }

  private static void group(JsonGenerator json, ElectionStatus status, LeaderView view) {
    json.writeNumberProperty("term", status.term());
    status.warning().ifPresent(text -> json.writeStringProperty("warning", text));
    json.writeArrayPropertyStart("peers");
    for (ElectionStatus.Peer peer : status.peers()) {
      json.writeStartObject();
      json.writeStringProperty("id", peer.id());
      json.writeStringProperty("address", peer.address());
      view.node(peer.id())
          .ifPresent(node -> {
            json.writeStringProperty("http", JsonText.outside(node.http()));
            json.writeStringProperty("version", JsonText.outside(node.version()));
          });
      json.writeBooleanProperty("reachable", peer.reachable());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /// Where no group of electors tells of its members: the nodes that share Redis.
  private static void announced(JsonGenerator json, List<ClusterNode> nodes) {
    if (nodes.isEmpty()) {
      return;
    }
    json.writeArrayPropertyStart("peers");
    for (ClusterNode node : nodes) {
      json.writeStartObject();
      json.writeStringProperty("id", JsonText.outside(node.id()));
      json.writeStringProperty("address", JsonText.outside(node.http()));
      json.writeStringProperty("http", JsonText.outside(node.http()));
      json.writeStringProperty("version", JsonText.outside(node.version()));
      json.writeBooleanProperty("reachable", node.isRecent(nodes));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  public void resign(ServerRequest req, ServerResponse res) {
    if (!view.resign()) {
      Responses.problem(
          req,
          res,
          Problem.named(
              "not-leader",
              "This node does not lead",
              Status.CONFLICT_409,
              view.leader()
                  .map(leader -> "Ask " + leader.node() + ", which leads, to resign.")
                  .orElse("There is no leader now.")));
      return;
    }
    CommandLog.command("resign", "node=" + node);
    byte[] body =
        JsonText.object(json -> {
          json.writeStringProperty("node_id", node);
          json.writeBooleanProperty("resigning", true);
        });
    Responses.json(req, res, Status.ACCEPTED_202, body);
  }
}
