package dev.taskscheduler.handlers.ui;

import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.PageFile;
import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.handlers.wire.SecurityHeaders;
import dev.taskscheduler.handlers.wire.Sha256;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.NotFoundException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The files of the dashboard. They hold no data: a browser gets them without a token, and asks the
/// API with one. See `docs/adr/0030`.
public final class DashboardPages {
  private static final String OWN = "/META-INF/ui/";
  private static final String PAGE = "index.html";
  private static final String CONFIG = "config.json";
  private static final String MAP_BEGIN = "<script type=\"importmap\">";
  private static final String MAP_END = "</script>";
  private static final String WEBJARS = "/META-INF/resources/webjars/";

  /// The files of libraries, by the names that the pages know.
  private static final Map<String, String> LIBRARIES =
      Map.of(
          "preact.js",
          WEBJARS + "preact/" + UiLibraries.PREACT + "/dist/preact.module.js",
          "hooks.js",
          WEBJARS + "preact/" + UiLibraries.PREACT + "/hooks/dist/hooks.module.js",
          "htm.js",
          "/META-INF/resources/_static/htm/" + UiLibraries.HTM + "/dist/htm.module.js",
          "uplot.js",
          WEBJARS + "uplot/" + UiLibraries.UPLOT + "/dist/uPlot.iife.min.js",
          "uplot.css",
          WEBJARS + "uplot/" + UiLibraries.UPLOT + "/dist/uPlot.min.css");

  /// Our own files.
  private static final Set<String> FILES =
      Set.of(
          PAGE,
          "icon.svg",
          "style.css",
          "api.js",
          "app.js",
          "bulk.js",
          "charts.js",
          "format.js",
          "html.js",
          "keys.js",
          "live.js",
          "page-dead.js",
          "page-overview.js",
          "page-queues.js",
          "page-schedules.js",
          "page-settings.js",
          "page-submit.js",
          "page-task.js",
          "page-tasks.js",
          "parts.js",
          "router.js",
          "tasklist.js");

  private final Map<String, PageFile> read = new ConcurrentHashMap<>();
  private final PageFile config;
  private volatile @Nullable Header policy; // of the page, once it is asked for

  public DashboardPages(String version, DashboardSettings settings) {
    config =
        PageFile.of(
            CONFIG,
            JsonText.object(json -> {
              json.writeStringProperty("version", version);
              json.writeBooleanProperty("hidePayloads", settings.hidesPayloads());
            }));
  }

  /// Sends a browser from `/` and `/ui` to the page. The location is relative, since a proxy may
  /// have taken a prefix off the path.
  public void redirect(ServerRequest req, ServerResponse res) {
    res.header(HeaderNames.LOCATION, Paths.UI.substring(1));
    Responses.empty(res, Status.FOUND_302);
  }

  /// Answers `/ui`, which the routing does not tell from `/ui/`.
  public void start(ServerRequest req, ServerResponse res) {
    if (req.path().path().equals(Paths.UI)) {
      send(req, res, PAGE);
    } else {
      redirect(req, res);
    }
  }

  public void file(ServerRequest req, ServerResponse res) {
    String file = req.path().path().substring(Paths.UI.length());
    send(req, res, file.isEmpty() ? PAGE : file);
  }

  private void send(ServerRequest req, ServerResponse res, String file) {
    if (!file.equals(CONFIG) && !LIBRARIES.containsKey(file) && !FILES.contains(file)) {
      throw new NotFoundException("no such page");
    }
    PageFile found = file.equals(CONFIG) ? config : file(file);
    found.send(req, res, policy());
  }

  /// Reads a file at its first request: a node starts without them.
  private PageFile file(String name) {
    return read.computeIfAbsent(
        name, file -> PageFile.read(LIBRARIES.getOrDefault(file, OWN + file)));
  }

  /// Allows this server's scripts, and the page's import map by its hash. A browser takes no text
  /// for a script or for markup (Trusted Types).
  private Header policy() {
    Header made = policy;
    if (made == null) {
      made =
          SecurityHeaders.policy(
              "default-src 'none'; script-src 'self' 'sha256-"
                  + mapHash()
                  + "'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
                  + " form-action 'none'; frame-ancestors 'none';"
                  + " require-trusted-types-for 'script'; trusted-types 'none'");
      policy = made;
    }
    return made;
  }

  private String mapHash() {
    String page = new String(file(PAGE).bytes(), StandardCharsets.UTF_8);
    int begin = page.indexOf(MAP_BEGIN) + MAP_BEGIN.length();
    String map = page.substring(begin, page.indexOf(MAP_END, begin));
    return Base64.getEncoder().encodeToString(Sha256.digest(map.getBytes(StandardCharsets.UTF_8)));
  }
}
