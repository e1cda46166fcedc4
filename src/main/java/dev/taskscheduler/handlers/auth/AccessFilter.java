package dev.taskscheduler.handlers.auth;

import dev.taskscheduler.handlers.auth.ApiToken.Right;
import dev.taskscheduler.handlers.files.FileError;
import dev.taskscheduler.handlers.files.SmallFile;
import dev.taskscheduler.handlers.wire.FailedLogin;
import dev.taskscheduler.handlers.wire.HttpListener;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.handlers.wire.Sha256;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Admits requests with a valid token (RFC 6750) before their bodies are read, and binds [Caller]
/// for the handlers. There where tokens are asked for at all: without them no request comes by
/// here.
public final class AccessFilter implements Filter {
  private static final Logger LOG = System.getLogger(AccessFilter.class.getName());

  private static final String SCHEME = "Bearer ";
  private static final String CHALLENGE = "Bearer realm=\"task-scheduler\"";
  private static final String UNKNOWN = CHALLENGE + ", error=\"invalid_token\"";
  private static final Caller STRANGER = new Caller.Stranger();
  private static final Login NONE = new Login.None();

  private final Set<PublicEndpoints> open;
  private final HttpListener listener;
  private final InstantSource clock;
  private final FailedLogins failed = new FailedLogins();
  private volatile List<ApiToken> tokens;

  public AccessFilter(AccessPolicy.Bearers bearers, HttpListener listener, InstantSource clock) {
    this.open = bearers.open();
    this.tokens = bearers.tokens().tokens();
    this.listener = listener;
    this.clock = clock;
  }

  /// What a request shows.
  private sealed interface Login {
    /// No token.
    record None() implements Login {}

    /// One that is known and has not expired.
    record Known(Caller.Bearer bearer) implements Login {}

    /// Any other.
    record Wrong(FailedLogin why) implements Login {}
  }

  /// Takes a file that has changed. A token counts from now on only if a line without a fault has
  /// it: one that was taken out is not known any more, whatever stands in other lines. Of a file
  /// that cannot be read nothing is known: the tokens stay.
  ///
  /// @return what is wrong with the file
  public List<FileError> changed(SmallFile file) {
    return switch (TokenFile.of(file)) {
      case TokenFile.Valid valid -> {
        tokens = valid.tokens();
        LOG.log(
            Level.INFO, () -> "api tokens read file=" + file.path() + " tokens=" + tokens.size());
        yield List.of();
      }
      case TokenFile.Invalid invalid -> {
        tokens = invalid.tokens();
        LOG.log(
            Level.WARNING,
            () ->
                "api tokens read, invalid lines are ignored file=%s tokens=%s faults=%s"
                    .formatted(file.path(), tokens.size(), invalid.faults()));
        yield invalid.faults();
      }
      case TokenFile.Unreadable unreadable -> {
        LOG.log(
            Level.WARNING,
            () ->
                "api tokens are unchanged, their file cannot be read error=" + unreadable.fault());
        yield List.of(unreadable.fault());
      }
    };
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest req, RoutingResponse res) {
    String path = req.path().path();
    if (PublicEndpoints.isProbe(path)) {
      proceed(chain, STRANGER);
      return;
    }
    boolean isOpen = PublicEndpoints.covers(open, path);
    switch (login(req.headers())) {
      case Login.Known(Caller.Bearer bearer) -> {
        Method method = req.prologue().method();
        if (isOpen || bearer.token().right().allows(method, path)) {
          ScopedValue.where(Caller.CURRENT, bearer)
              .where(Caller.ADMITTED, () -> isStillKnown(req.headers(), method, path))
              .run(chain::proceed);
        } else {
          refuse(req, res, bearer.token().right(), method, path);
        }
      }
      case Login.None none -> {
        if (isOpen) {
          proceed(chain, STRANGER);
        } else {
          unauthorized(req, res, CHALLENGE, "Send the header Authorization: Bearer <token>.");
        }
      }
      case Login.Wrong(FailedLogin why) -> {
        listener.loginFailed(why);
        Optional<Duration> wait =
            failed.failed(((InetSocketAddress) req.remotePeer().address()).getAddress());
        if (isOpen) {
          proceed(chain, STRANGER);
        } else if (wait.isPresent()) {
          Responses.refuse(req, res, tooMany(wait.get()));
        } else {
          unauthorized(req, res, UNKNOWN, why.detail());
        }
      }
    }
  }

  private static void proceed(FilterChain chain, Caller caller) {
    ScopedValue.where(Caller.CURRENT, caller).run(chain::proceed);
  }

  /// Whether the token of a request is still in the file, has not expired, and has the right.
  private boolean isStillKnown(ServerRequestHeaders headers, Method method, String path) {
    return login(headers) instanceof Login.Known(Caller.Bearer bearer)
        && bearer.token().right().allows(method, path);
  }

  private Login login(ServerRequestHeaders headers) {
    if (!headers.contains(HeaderNames.AUTHORIZATION)) {
      return NONE;
    }
    Header header = headers.get(HeaderNames.AUTHORIZATION);
    String authorization = header.get();
    if (header.valueCount() != 1
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return new Login.Wrong(FailedLogin.UNKNOWN);
    }
    String token = authorization.substring(SCHEME.length()).strip();
    Optional<ApiToken> found =
        ApiToken.find(tokens, Sha256.digest(token.getBytes(StandardCharsets.UTF_8)));
    if (found.isEmpty()) {
      return new Login.Wrong(FailedLogin.UNKNOWN);
    }
    return found.get().expiredAt(clock.instant())
        ? new Login.Wrong(FailedLogin.EXPIRED)
        : new Login.Known(new Caller.Bearer(found.get()));
  }

  private static Problem tooMany(Duration wait) {
    return Problem.named(
            "too-many-failed-logins",
            "Too many failed logins from this address",
            Status.TOO_MANY_REQUESTS_429,
            "The token is unknown, and so were the ones before it. A valid token is accepted at any time.")
        .retry(wait.plusSeconds(1)); // the header has whole seconds
  }

  private static void unauthorized(
      RoutingRequest req, RoutingResponse res, String challenge, String detail) {
    res.header(HeaderNames.WWW_AUTHENTICATE, challenge);
    Responses.refuse(req, res, Problem.of(Status.UNAUTHORIZED_401, detail));
  }

  private static void refuse(
      RoutingRequest req, RoutingResponse res, Right right, Method method, String path) {
    res.header(
        HeaderNames.WWW_AUTHENTICATE,
        CHALLENGE + ", error=\"insufficient_scope\", scope=\"" + Right.wanted(method, path) + "\"");
    Responses.refuse(req, res, Problem.of(Status.FORBIDDEN_403, right.limit()));
  }
}
