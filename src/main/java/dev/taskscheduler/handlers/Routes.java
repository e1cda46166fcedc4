package dev.taskscheduler.handlers;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.PathMatchers;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// Which path and method goes where.
final class Routes {
  static final String PAGES = "/swagger/";
  static final String BATCH = "/submit/batch";
  static final String RETRY = "/tasks/retry";
  static final String METRICS = "/metrics";
  static final String OPENAPI = "/openapi";
  static final String OTHER = "other";

  private static final String TASKS = "/tasks/";
  private static final String READ = "GET, HEAD";

  /// Every path that is served, with the methods that it allows.
  static final Map<String, String> ALLOWED = allowed();

  private static final Set<String> EXACT = ALLOWED.keySet();

  private Routes() {}

  private static Map<String, String> allowed() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("/", READ);
    all.put("/submit", "POST");
    all.put(BATCH, "POST");
    all.put("/status", READ);
    all.put("/stats", READ);
    all.put("/tasks", READ);
    all.put(RETRY, "POST");
    all.put("/tasks/{id}", READ + ", DELETE");
    all.put("/tasks/{id}/explain", READ);
    all.put("/tasks/{id}/retry", "POST");
    all.put("/pause", READ + ", POST");
    all.put("/resume", "POST");
    all.put("/leader", READ);
    all.put("/leader/resign", "POST");
    all.put("/health", READ);
    all.put("/health/live", READ);
    all.put("/health/ready", READ);
    all.put(METRICS, READ);
    all.put(OPENAPI, READ);
    all.put("/swagger", READ);
    all.put(PAGES, READ);
    all.put("/swagger/doc.json", READ);
    return Collections.unmodifiableMap(all);
  }

  /// The path as the API document writes it, for the metrics: a client cannot make up new ones.
  static String name(String path) {
    if (EXACT.contains(path)) {
      return path;
    }
    if (path.startsWith(TASKS)) {
      int slash = path.indexOf('/', TASKS.length());
      String template = TASKS + "{id}" + (slash < 0 ? "" : path.substring(slash));
      return EXACT.contains(template) ? template : OTHER;
    }
    return path.startsWith(PAGES) ? PAGES : OTHER;
  }

  /// Registers everything but the features' own paths, `/metrics` and GET of `/openapi`. There is
  /// no route for all other paths: it would come before the features'.
  ///
  /// @param fileProblems what is wrong with files that are read again
  static void register(
      HttpRouting.Builder routing,
      HttpConfig config,
      Scheduler scheduler,
      Supplier<List<String>> fileProblems) {
    LeaderHandler leader = new LeaderHandler(config.node(), scheduler.leader());
    HealthHandler health = new HealthHandler(config, scheduler, fileProblems, Clock.systemUTC());
    BodyMemoryLimit room = new BodyMemoryLimit(Runtime.getRuntime().maxMemory());
    TaskCommandsHandler orders = new TaskCommandsHandler(scheduler.tasks());
    PauseHandler pauses = new PauseHandler(scheduler.tasks());
    routing.post("/submit", new SubmitHandler(scheduler.tasks(), config, room));
    routing.post(BATCH, new BatchHandler(scheduler.tasks(), config, room));
    TasksHandler seen = new TasksHandler(scheduler.tasks(), scheduler.leader());
    read(routing, "/stats", new StatsHandler(scheduler.tasks(), scheduler.leader()));
    read(routing, "/tasks", seen::list);
    routing.post(RETRY, new RetryHandler(scheduler.tasks()));
    refuseOthers(routing, RETRY, "POST"); // before it is taken for an id
    read(routing, "/tasks/{id}", seen::show);
    read(routing, "/tasks/{id}/explain", seen::explain);
    routing.delete("/tasks/{id}", orders::cancel);
    routing.post("/tasks/{id}/retry", orders::retry);
    read(routing, "/pause", pauses::list);
    routing.post("/pause", pauses::pause);
    routing.post("/resume", pauses::resume);
    read(routing, "/status", new StatusHandler(scheduler.tasks()));
    read(routing, "/leader", leader::leader);
    routing.post("/leader/resign", leader::resign);
    read(routing, "/health", health::health);
    read(routing, "/health/live", health::live);
    read(routing, "/health/ready", health::ready);
    pages(routing);
    ALLOWED.forEach((path, methods) -> refuseOthers(routing, path, methods));
    refuseOthers(routing, PAGES + "*", READ);
    ErrorMapping.register(routing);
  }

  private static void pages(HttpRouting.Builder routing) {
    DocumentPages pages = new DocumentPages();
    read(routing, "/", pages::redirect);
    read(routing, "/swagger/doc.json", pages::document);
    read(routing, "/swagger/swagger-initializer.js", pages::initializer);
    read(routing, "/swagger", pages::start);
    read(routing, PAGES + "*", pages::file);
    routing.head(OPENAPI, new DocumentHead());
  }

  private static void read(HttpRouting.Builder routing, String path, Handler handler) {
    routing.get(path, handler);
    routing.head(path, handler);
  }

  private static void refuseOthers(HttpRouting.Builder routing, String path, String allowed) {
    Set<String> names = Set.of(allowed.split(", "));
    routing.route(
        method -> !names.contains(method.text()),
        PathMatchers.create(path),
        (req, res) -> refuse(req, res, allowed));
  }

  private static void refuse(ServerRequest req, ServerResponse res, String allowed) {
    Method method = req.prologue().method();
    res.header(HeaderNames.ALLOW, allowed);
    Responses.problem(
        req,
        res,
        Problem.of(
            Status.METHOD_NOT_ALLOWED_405,
            "This path knows " + allowed + ", not " + method.text() + "."));
  }
}
