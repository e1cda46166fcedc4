package dev.taskscheduler.handlers.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The paths of the API, and the methods that each allows.
public final class Paths {
  public static final String PAGES = "/swagger/";
  public static final String UI = "/ui/";
  public static final String BATCH = "/submit/batch";
  public static final String RETRY = "/tasks/retry";
  public static final String CANCEL = "/tasks/cancel";
  public static final String DELETE = "/tasks/delete";
  public static final String PREVIEW = "/schedules/preview";
  public static final String AUDIT = "/audit";
  public static final String TOKEN = "/token";
  public static final String EVENTS = "/events";
  public static final String METRICS = "/metrics";
  public static final String OPENAPI = "/openapi";
  public static final String OTHER = "other";

  /// Begins of paths that go on with a name, and what stands for it in the document.
  private static final Map<String, String> NAMED =
      Map.of("/tasks/", "{id}", "/queues/", "{name}", "/schedules/", "{name}");

  public static final String READ = "GET, HEAD";

  /// Every path that is served, with the methods that it allows.
  public static final Map<String, String> ALLOWED = allowed();

  private static final Set<String> EXACT = ALLOWED.keySet();

  private Paths() {}

  private static Map<String, String> allowed() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("/", READ);
    all.put("/submit", "POST");
    all.put(BATCH, "POST");
    all.put("/status", READ);
    all.put("/stats", READ);
    all.put("/tasks", READ);
    all.put(RETRY, "POST");
    all.put(CANCEL, "POST");
    all.put(DELETE, "POST");
    all.put("/tasks/{id}", READ + ", DELETE");
    all.put("/tasks/{id}/explain", READ);
    all.put("/tasks/{id}/run", "POST");
    all.put("/tasks/{id}/retry", "POST");
    all.put("/queues", READ);
    all.put("/queues/{name}", READ + ", PUT, DELETE");
    all.put("/queues/{name}/pause", "POST");
    all.put("/queues/{name}/resume", "POST");
    all.put("/schedules", READ + ", PUT");
    all.put(PREVIEW, "POST");
    all.put("/schedules/{name}", READ + ", PUT, DELETE");
    all.put("/schedules/{name}/pause", "POST");
    all.put("/schedules/{name}/resume", "POST");
    all.put("/schedules/{name}/trigger", "POST");
    all.put("/schedules/{name}/backfill", "POST");
    all.put("/schedules/{name}/explain", READ);
    all.put("/pause", READ + ", POST");
    all.put("/resume", "POST");
    all.put("/overview", READ);
    all.put(EVENTS, READ);
    all.put(AUDIT, READ);
    all.put(TOKEN, READ);
    all.put("/settings", READ);
    all.put("/history", READ);
    all.put("/leader/history", READ);
    all.put("/leader", READ);
    all.put("/leader/resign", "POST");
    all.put("/health", READ);
    all.put("/health/live", READ);
    all.put("/health/ready", READ);
    all.put(METRICS, READ);
    all.put(OPENAPI, READ);
    all.put("/ui", READ);
    all.put(UI, READ);
    all.put("/swagger", READ);
    all.put(PAGES, READ);
    all.put("/swagger/doc.json", READ);
    return Collections.unmodifiableMap(all);
  }

  /// The path as the API document writes it, for the metrics: a client cannot make up new ones.
  public static String name(String path) {
    if (EXACT.contains(path)) {
      return path;
    }
    for (Map.Entry<String, String> named : NAMED.entrySet()) {
      String begin = named.getKey();
      if (path.startsWith(begin)) {
        int slash = path.indexOf('/', begin.length());
        String template = begin + named.getValue() + (slash < 0 ? "" : path.substring(slash));
        return EXACT.contains(template) ? template : OTHER;
      }
    }
    if (path.startsWith(UI)) {
      return UI;
    }
    return path.startsWith(PAGES) ? PAGES : OTHER;
  }
}
