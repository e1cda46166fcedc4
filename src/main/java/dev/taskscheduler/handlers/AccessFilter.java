package dev.taskscheduler.handlers;

import dev.taskscheduler.handlers.ApiToken.Right;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Lets those pass that show a token (RFC 6750), before anything is read of a body. There where
/// tokens are asked for at all: without them no request comes by here.
final class AccessFilter implements Filter {
  private static final Logger LOG = System.getLogger(AccessFilter.class.getName());

  private static final String SCHEME = "Bearer ";
  private static final String CHALLENGE = "Bearer realm=\"task-scheduler\"";
  private static final String UNKNOWN = CHALLENGE + ", error=\"invalid_token\"";
  private static final String TOO_WEAK =
      CHALLENGE + ", error=\"insufficient_scope\", scope=\"all\"";
  private static final Set<Method> READING = Set.of(Method.GET, Method.HEAD);

  private final Set<OpenArea> open;
  private volatile List<ApiToken> tokens;

  AccessFilter(Access.Bearers bearers) {
    this.open = bearers.open();
    this.tokens = bearers.tokens().tokens();
  }

  /// Takes a file that has changed; if it is at fault, what was known before stays.
  void changed(SmallFile file) {
    switch (TokenFile.of(file)) {
      case TokenFile.Sound sound -> {
        tokens = sound.tokens();
        LOG.log(
            Level.INFO, () -> "api tokens read file=" + file.path() + " tokens=" + tokens.size());
      }
      case TokenFile.Faulty faulty ->
          LOG.log(Level.WARNING, () -> "api tokens stay as they were faults=" + faulty.faults());
    }
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest req, RoutingResponse res) {
    if (OpenArea.covers(open, req.path().path())) {
      chain.proceed();
      return;
    }
    if (!req.headers().contains(HeaderNames.AUTHORIZATION)) {
      refuse(
          req,
          res,
          Status.UNAUTHORIZED_401,
          CHALLENGE,
          "Send the header Authorization: Bearer <token>.");
      return;
    }
    Optional<Right> right = right(req.headers());
    if (right.isEmpty()) {
      refuse(
          req,
          res,
          Status.UNAUTHORIZED_401,
          UNKNOWN,
          "This node does not know the token; ask its operator for one.");
    } else if (right.get() == Right.READ && !READING.contains(req.prologue().method())) {
      refuse(
          req,
          res,
          Status.FORBIDDEN_403,
          TOO_WEAK,
          "This token may only read (GET and HEAD); use one that may all.");
    } else {
      chain.proceed();
    }
  }

  private Optional<Right> right(ServerRequestHeaders headers) {
    Header header = headers.get(HeaderNames.AUTHORIZATION);
    String said = header.get();
    if (header.valueCount() != 1 || !said.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    String token = said.substring(SCHEME.length()).strip();
    return ApiToken.right(tokens, ApiToken.sha256(token.getBytes(StandardCharsets.UTF_8)));
  }

  private static void refuse(
      RoutingRequest req, RoutingResponse res, Status status, String challenge, String detail) {
    res.header(HeaderNames.WWW_AUTHENTICATE, challenge);
    if (req.headers().contains(HeaderValues.EXPECT_100)) {
      res.header(HeaderValues.CONNECTION_CLOSE); // the body was not sent, and need not be
    }
    Answers.problem(req, res, Problem.of(status, detail));
  }
}
