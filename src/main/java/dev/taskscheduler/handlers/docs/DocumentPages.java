package dev.taskscheduler.handlers.docs;

import dev.taskscheduler.handlers.wire.PageFile;
import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.handlers.wire.SecurityHeaders;
import io.helidon.http.HeaderNames;
import io.helidon.http.NotFoundException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The pages of Swagger UI, and the API document that they show. See `docs/adr/0011`.
public final class DocumentPages {
  private static final String OPENAPI = "/META-INF/openapi/";
  private static final String WEBJAR =
      "/META-INF/resources/webjars/swagger-ui/" + SwaggerUi.VERSION + "/";
  private static final String PAGE = "index.html";
  private static final String INITIALIZER = "swagger-initializer.js";

  /// The files of the webjar that the page asks for.
  private static final Set<String> FILES =
      Set.of(
          PAGE,
          "index.css",
          "swagger-ui.css",
          "swagger-ui-bundle.js",
          "swagger-ui-standalone-preset.js",
          "favicon-16x16.png",
          "favicon-32x32.png");

  private static final Map<String, PageFile> READ = new ConcurrentHashMap<>();

  /// The document as YAML.
  static byte[] yaml() {
    return resource(OPENAPI + "swagger.yaml").bytes();
  }

  public void document(ServerRequest req, ServerResponse res) {
    Responses.json(req, res, Status.OK_200, DocumentJson.document());
  }

  /// Sends a browser to the page, whose links are relative. So is the location: a proxy may have
  /// taken a prefix off the path.
  public void redirect(ServerRequest req, ServerResponse res) {
    res.header(HeaderNames.LOCATION, Paths.PAGES.substring(1));
    Responses.empty(res, Status.FOUND_302);
  }

  /// Answers `/swagger`, which the routing does not tell from `/swagger/`.
  public void start(ServerRequest req, ServerResponse res) {
    if (req.path().path().equals(Paths.PAGES)) {
      send(req, res, PAGE);
    } else {
      redirect(req, res);
    }
  }

  public void file(ServerRequest req, ServerResponse res) {
    String file = req.path().path().substring(Paths.PAGES.length());
    send(req, res, file.isEmpty() ? PAGE : file);
  }

  private static void send(ServerRequest req, ServerResponse res, String file) {
    boolean initializer = file.equals(INITIALIZER);
    if (!initializer && !FILES.contains(file)) {
      throw new NotFoundException("no such page");
    }
    resource((initializer ? OPENAPI : WEBJAR) + file).send(req, res, SecurityHeaders.PAGE_POLICY);
  }

  /// Reads a resource at its first request: a node starts without them.
  private static PageFile resource(String path) {
    return READ.computeIfAbsent(path, PageFile::read);
  }
}
