package dev.taskscheduler.handlers.server;

import io.helidon.webserver.CloseConnectionException;
import org.jspecify.annotations.Nullable;

/// No more can be read from a client: it has ended its side, or was cut off.
public final class ClientGone extends CloseConnectionException {
  private static final long serialVersionUID = 1;

  ClientGone(@Nullable Throwable cause) {
    super("no more can be read from the client", cause);
  }
}
