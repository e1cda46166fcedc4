package dev.taskscheduler.handlers.auth;

import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Responses;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import tools.jackson.core.JsonGenerator;

/// `GET /token`: what the bearer of a token may do, so that a page shows no button that would be
/// refused.
public final class TokenHandler implements Handler {
  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    Caller caller = Caller.current();
    Responses.json(req, res, Status.OK_200, JsonText.object(json -> write(json, caller)));
  }

  private static void write(JsonGenerator json, Caller caller) {
    json.writeStringProperty("name", caller.name());
    if (!(caller instanceof Caller.Bearer(ApiToken token))) {
      json.writeStringProperty("right", JsonText.word(ApiToken.Right.ALL)); // none are asked for
      return;
    }
    json.writeStringProperty("right", JsonText.word(token.right()));
    if (!token.types().isEmpty()) {
      json.writeArrayPropertyStart("types");
      token.types().stream().sorted().forEach(json::writeString);
      json.writeEndArray();
    }
    token
        .expires()
        .ifPresent(expires -> json.writeStringProperty("expiresAt", JsonText.time(expires)));
  }
}
