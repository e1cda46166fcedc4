package dev.taskscheduler.metrics;

import io.helidon.webserver.http.ErrorHandler;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.HttpFeature;
import io.helidon.webserver.http.HttpRoute;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpSecurity;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.observe.ObserverConfigBase;
import io.helidon.webserver.observe.spi.Observer;
import io.helidon.webserver.spi.ServerFeature.ServerFeatureContext;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// An observer that serves its own paths and does not stand around all other requests. Helidon's
/// metrics would count every request a second time (`requests_count`, beside
/// `scheduler_http_requests`), through a context that is made for each.
final class Bystander implements Observer {
  private final Observer given;

  Bystander(Observer given) {
    this.given = given;
  }

  @Override
  public ObserverConfigBase prototype() {
    return given.prototype();
  }

  @Override
  public String type() {
    return given.type();
  }

  @Override
  public void register(
      ServerFeatureContext context,
      List<HttpRouting.Builder> routings,
      UnaryOperator<String> endpoint) {
    given.register(
        context, routings.stream().<HttpRouting.Builder>map(Routing::new).toList(), endpoint);
  }

  private record Feature(HttpFeature given) implements HttpFeature {
    @Override
    public void setup(HttpRouting.Builder routing) {
      given.setup(new Routing(routing));
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

    Routing(HttpRouting.Builder given) {
      this.given = given;
    }

    @Override
    public HttpRouting.Builder addFilter(Filter filter) {
      return this;
    }

    @Override
    public HttpRouting.Builder addFeature(Supplier<? extends HttpFeature> feature) {
      given.addFeature(new Feature(feature.get()));
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
      return new Routing(given.copy());
    }

    @Override
    public HttpRouting build() {
      return given.build();
    }
  }
}
