package dev.taskscheduler.handlers.cluster;

import dev.taskscheduler.handlers.auth.Caller;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.task.StoreHealth;
import dev.taskscheduler.task.StoreServers;
import tools.jackson.core.JsonGenerator;

/// Writes the health of Redis.
public final class StoreJson {
  static final String HIDDEN = "There is a problem; call with a token that may read to see it.";
  private static final String DAMAGED =
      " entries in Redis could not be read and were set aside: LRANGE <namespace>:damaged 0 -1 shows"
          + " them, docs/operations.md says what to do with them";

  private StoreJson() {}

  /// Writes the member `redis`.
  public static void write(JsonGenerator json, Caller caller, StoreHealth store) {
    json.writeObjectPropertyStart("redis");
    json.writeBooleanProperty("answers", store.available());
    store.problem().ifPresent(text -> problem(json, caller, text));
    store.version().ifPresent(text -> text(json, "version", text));
    store.persistence().ifPresent(text -> text(json, "persistence", text));
    store.evictionPolicy().ifPresent(text -> text(json, "eviction_policy", text));
    json.writeNumberProperty("replicas", store.replicas());
    servers(json, caller, store.servers());
    json.writeNumberProperty("damaged", store.damaged());
    if (store.damaged() > 0) {
      text(json, "warning", store.damaged() + DAMAGED);
    }
    json.writeEndObject();
  }

  private static void servers(JsonGenerator json, Caller caller, StoreServers servers) {
    json.writeStringProperty("topology", servers.topology());
    if (caller.seesDetail()) {
      servers.primary().ifPresent(address -> text(json, "primary", address));
    }
    json.writeArrayPropertyStart("replication");
    for (StoreServers.Replica replica : servers.replicas()) {
      json.writeStartObject();
      if (caller.seesDetail()) {
        text(json, "address", replica.address());
      }
      json.writeBooleanProperty("online", replica.online());
      json.writeNumberProperty("lag_seconds", replica.lag().toSeconds());
      json.writeNumberProperty("behind_bytes", replica.behindBytes());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /// Everyone may see that there is a problem; its text may name addresses, users and scripts.
  static void problem(JsonGenerator json, Caller caller, String text) {
    text(json, "problem", caller.shown(text, HIDDEN));
  }

  private static void text(JsonGenerator json, String name, String text) {
    json.writeStringProperty(name, JsonText.outside(text));
  }
}
