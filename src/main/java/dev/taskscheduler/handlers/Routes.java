package dev.taskscheduler.handlers;

import dev.taskscheduler.handlers.auth.AuditHandler;
import dev.taskscheduler.handlers.auth.TokenHandler;
import dev.taskscheduler.handlers.cluster.HealthHandler;
import dev.taskscheduler.handlers.cluster.LeaderHandler;
import dev.taskscheduler.handlers.cluster.SettingsHandler;
import dev.taskscheduler.handlers.docs.DocumentHead;
import dev.taskscheduler.handlers.docs.DocumentPages;
import dev.taskscheduler.handlers.overview.EventsHandler;
import dev.taskscheduler.handlers.overview.HistoryHandler;
import dev.taskscheduler.handlers.overview.LeadersHandler;
import dev.taskscheduler.handlers.overview.OverviewHandler;
import dev.taskscheduler.handlers.queues.QueueCommandsHandler;
import dev.taskscheduler.handlers.queues.QueueDeletionHandler;
import dev.taskscheduler.handlers.queues.QueuesHandler;
import dev.taskscheduler.handlers.schedules.BackfillHandler;
import dev.taskscheduler.handlers.schedules.GroupHandler;
import dev.taskscheduler.handlers.schedules.PreviewHandler;
import dev.taskscheduler.handlers.schedules.ScheduleCommandsHandler;
import dev.taskscheduler.handlers.schedules.SchedulesHandler;
import dev.taskscheduler.handlers.server.BodyMemoryLimit;
import dev.taskscheduler.handlers.server.ErrorMapping;
import dev.taskscheduler.handlers.submit.BatchHandler;
import dev.taskscheduler.handlers.submit.SubmitHandler;
import dev.taskscheduler.handlers.submit.SubmitLimits;
import dev.taskscheduler.handlers.tasks.PauseHandler;
import dev.taskscheduler.handlers.tasks.SelectionHandler;
import dev.taskscheduler.handlers.tasks.StatsHandler;
import dev.taskscheduler.handlers.tasks.TaskCommandsHandler;
import dev.taskscheduler.handlers.tasks.TasksHandler;
import dev.taskscheduler.handlers.ui.DashboardPages;
import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.schedule.Schedules;
import dev.taskscheduler.task.TaskQueries;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.PathMatchers;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// The table of routes: path and method to handler.
final class Routes {
  private Routes() {}

  /// Registers everything but the features' own paths, `/metrics` and GET of `/openapi`. There is
  /// no route for all other paths: it would come before the features'.
  ///
  /// @param fileProblems what is wrong with files that are read again
  /// @param live the overview and its events
  static void register(
      HttpRouting.Builder routing,
      HttpConfig config,
      Scheduler scheduler,
      Supplier<List<String>> fileProblems,
      Live live) {
    LeaderHandler leader = new LeaderHandler(config.node(), scheduler.leader());
    HealthHandler health =
        new HealthHandler(
            new HealthHandler.Sources(
                config.node(),
                config.version(),
                scheduler.tasks()::health,
                scheduler.leader(),
                scheduler.paused(),
                scheduler.queueSize(),
                fileProblems),
            Clock.systemUTC());
    SubmitLimits limits = new SubmitLimits(config.maxBodyBytes(), config.idempotencyTtl());
    BodyMemoryLimit bodyMemory = new BodyMemoryLimit(Runtime.getRuntime().maxMemory());
    TaskCommandsHandler commands = new TaskCommandsHandler(scheduler.tasks());
    PauseHandler pauses = new PauseHandler(scheduler.tasks().pauses());
    routing.post("/submit", new SubmitHandler(scheduler.tasks(), limits, bodyMemory));
    routing.post(Paths.BATCH, new BatchHandler(scheduler.tasks(), limits, bodyMemory));
    TaskQueries queries = scheduler.tasks().queries();
    TasksHandler tasks = new TasksHandler(queries, scheduler.leader());
    read(routing, "/stats", new StatsHandler(queries, scheduler.leader()));
    read(routing, "/tasks", tasks::list);
    SelectionHandler selection = new SelectionHandler(scheduler.tasks());
    routing.post(Paths.RETRY, selection::retry);
    routing.post(Paths.CANCEL, selection::cancel);
    routing.post(Paths.DELETE, selection::delete);
    List.of(Paths.RETRY, Paths.CANCEL, Paths.DELETE)
        .forEach(path -> refuseOthers(routing, path, "POST")); // before it is taken for an id
    read(routing, "/tasks/{id}", tasks::show);
    read(routing, "/tasks/{id}/explain", tasks::explain);
    routing.delete("/tasks/{id}", commands::cancel);
    routing.post("/tasks/{id}/run", commands::run);
    routing.post("/tasks/{id}/retry", commands::retry);
    queues(routing, scheduler, config.maxBodyBytes(), bodyMemory);
    schedules(routing, scheduler, config.maxBodyBytes(), bodyMemory);
    read(routing, "/pause", pauses::list);
    routing.post("/pause", pauses::pause);
    routing.post("/resume", pauses::resume);
    read(routing, "/status", tasks::status);
    read(routing, "/overview", new OverviewHandler(live.overview()));
    read(routing, "/settings", new SettingsHandler(config.settings()));
    read(routing, "/history", new HistoryHandler(scheduler.cluster()));
    read(routing, "/leader/history", new LeadersHandler(scheduler.cluster()));
    read(routing, Paths.EVENTS, new EventsHandler(live.streams(), live.deadline()));
    read(routing, Paths.AUDIT, new AuditHandler(scheduler.audit()));
    read(routing, Paths.TOKEN, new TokenHandler());
    read(routing, "/leader", leader::leader);
    routing.post("/leader/resign", leader::resign);
    read(routing, "/health", health::health);
    read(routing, "/health/live", health::live);
    read(routing, "/health/ready", health::ready);
    pages(routing, config);
    Paths.ALLOWED.forEach((path, methods) -> refuseOthers(routing, path, methods));
    refuseOthers(routing, Paths.PAGES + "*", Paths.READ);
    refuseOthers(routing, Paths.UI + "*", Paths.READ);
    ErrorMapping.register(routing);
  }

  private static void queues(
      HttpRouting.Builder routing, Scheduler scheduler, int maxBodyBytes, BodyMemoryLimit memory) {
    QueuesHandler views = new QueuesHandler(scheduler.queues());
    QueueCommandsHandler commands =
        new QueueCommandsHandler(scheduler.queues(), maxBodyBytes, memory);
    read(routing, "/queues", views::list);
    read(routing, "/queues/{name}", views::show);
    routing.put("/queues/{name}", commands::put);
    routing.delete(
        "/queues/{name}", new QueueDeletionHandler(scheduler.queues(), scheduler.tasks()));
    routing.post("/queues/{name}/pause", commands::pause);
    routing.post("/queues/{name}/resume", commands::resume);
  }

  private static void schedules(
      HttpRouting.Builder routing, Scheduler scheduler, int maxBodyBytes, BodyMemoryLimit memory) {
    Schedules schedules = scheduler.schedules();
    SchedulesHandler views = new SchedulesHandler(schedules, scheduler.tasks().queries());
    ScheduleCommandsHandler commands =
        new ScheduleCommandsHandler(schedules, scheduler.tasks(), maxBodyBytes, memory);
    String one = "/schedules/{name}";
    read(routing, "/schedules", views::list);
    routing.put("/schedules", new GroupHandler(schedules, scheduler.tasks(), maxBodyBytes, memory));
    routing.post(Paths.PREVIEW, new PreviewHandler(maxBodyBytes, memory, InstantSource.system()));
    refuseOthers(routing, Paths.PREVIEW, "POST"); // before it is taken for a name
    read(routing, one, views::show);
    routing.put(one, commands::put);
    routing.delete(one, commands::delete);
    routing.post(one + "/pause", commands::pause);
    routing.post(one + "/resume", commands::resume);
    routing.post(one + "/trigger", commands::trigger);
    routing.post(one + "/backfill", new BackfillHandler(schedules, maxBodyBytes, memory));
    read(routing, one + "/explain", views::explain);
  }

  private static void pages(HttpRouting.Builder routing, HttpConfig config) {
    DocumentPages pages = new DocumentPages();
    if (config.dashboard().isOn()) {
      DashboardPages dashboard = new DashboardPages(config.version(), config.dashboard());
      read(routing, "/", dashboard::redirect);
      read(routing, "/ui", dashboard::start);
      read(routing, Paths.UI + "*", dashboard::file);
    } else {
      read(routing, "/", pages::redirect);
    }
    read(routing, "/swagger/doc.json", pages::document);
    read(routing, "/swagger", pages::start);
    read(routing, Paths.PAGES + "*", pages::file);
    routing.head(Paths.OPENAPI, new DocumentHead());
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
