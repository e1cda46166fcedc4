package dev.taskscheduler.metrics;

import io.helidon.common.Weighted;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ErrorHandler;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.HttpFeature;
import io.helidon.webserver.http.HttpRoute;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpSecurity;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.observe.metrics.MetricsObserver;
import io.helidon.webserver.spi.ServerFeature;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// Serves Helidon's metrics and nothing else of theirs. By themselves they would stand around all
/// other requests and count each a second time (`requests_count`, beside
/// `scheduler_http_requests`), through a context that is made for it; and Helidon's feature for
/// observers would look for more of them at each start.
final class Bystander implements ServerFeature, Weighted {
  static final String PATH = "/metrics";

  private final MetricsObserver metrics;
  private final MetricsHead head;

  /// @param head answers HEAD, which Helidon's do not
  Bystander(MetricsObserver metrics, MetricsHead head) {
    this.metrics = metrics;
    this.head = head;
  }

  @Override
  public void setup(ServerFeatureContext context) {
    HttpRouting.Builder all = context.socket(WebServer.DEFAULT_SOCKET_NAME).httpRouting();
    all.head(PATH, head);
    metrics.register(context, List.of(new Routing(all, head)), UnaryOperator.identity());
  }

  /// After our own routes, which refuse the methods that a path does not know.
  @Override
  public double weight() {
    return DEFAULT_WEIGHT - 1;
  }

  @Override
  public String name() {
    return metrics.name();
  }

  @Override
  public String type() {
    return metrics.type();
  }

  private record Feature(HttpFeature given, MetricsHead head) implements HttpFeature {
    @Override
    public void setup(HttpRouting.Builder routing) {
      routing.get(PATH, head::get); // before theirs
      given.setup(new Routing(routing, head));
    }

    @Override
    public String socket() {
      return given.socket();
    }

    @Override
    public boolean socketRequired() {
      return given.socketRequired();
    }
  }

  /// Passes everything on but filters.
  private static final class Routing implements HttpRouting.Builder {
    private final HttpRouting.Builder given;
    private final MetricsHead head;

    Routing(HttpRouting.Builder given, MetricsHead head) {
      this.given = given;
      this.head = head;
    }

    @Override
    public HttpRouting.Builder addFilter(Filter filter) {
      return this;
    }

    @Override
    public HttpRouting.Builder addFeature(Supplier<? extends HttpFeature> feature) {
      given.addFeature(new Feature(feature.get(), head));
      return this;
    }

    @Override
    public HttpRouting.Builder register(HttpService... services) {
      given.register(services);
      return this;
    }

    @Override
    public HttpRouting.Builder register(String path, HttpService... services) {
      given.register(path, services);
      return this;
    }

    @Override
    public HttpRouting.Builder route(HttpRoute route) {
      given.route(route);
      return this;
    }

    @Override
    public <T extends Throwable> HttpRouting.Builder error(
        Class<T> type, ErrorHandler<? super T> handler) {
      given.error(type, handler);
      return this;
    }

    @Override
    public HttpRouting.Builder maxReRouteCount(int count) {
      given.maxReRouteCount(count);
      return this;
    }

    @Override
    public HttpRouting.Builder security(HttpSecurity security) {
      given.security(security);
      return this;
    }

    @Override
    public HttpRouting.Builder copy() {
      return new Routing(given.copy(), head);
    }

    @Override
    public HttpRouting build() {
      return given.build();
    }
  }
}
