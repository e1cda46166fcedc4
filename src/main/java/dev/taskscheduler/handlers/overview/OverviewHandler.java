package dev.taskscheduler.handlers.overview;

import dev.taskscheduler.handlers.wire.Responses;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/// `GET /overview`.
public final class OverviewHandler implements Handler {
  private final Overview overview;

  public OverviewHandler(Overview overview) {
    this.overview = overview;
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    Responses.json(req, res, Status.OK_200, overview.document());
  }
}
