package dev.taskscheduler.handlers.cluster;

import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Responses;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/// `GET /settings`: those of this node that hold no secret.
public final class SettingsHandler implements Handler {
  private final byte[] body;

  public SettingsHandler(List<NodeSetting> settings) {
    body =
        JsonText.object(json -> {
          json.writeArrayPropertyStart("settings");
          for (NodeSetting setting : settings) {
            json.writeStartObject();
            json.writeStringProperty("name", setting.name());
            json.writeStringProperty("value", JsonText.outside(setting.value()));
            json.writeStringProperty("from", setting.from());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    Responses.json(req, res, Status.OK_200, body);
  }
}
