package dev.taskscheduler.handlers.docs;

import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.handlers.wire.SecurityHeaders;
import dev.taskscheduler.handlers.wire.Sha256;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.HeaderNames;
import io.helidon.http.NotFoundException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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

  private static final Map<String, Resource> READ = new ConcurrentHashMap<>();

  /// What one file holds.
  ///
  /// @param bytes shared by all requests: they must not be changed
  private record Resource(byte[] bytes, String tag) {
    static Resource of(byte[] bytes) {
      return new Resource(bytes, '"' + Sha256.of(bytes) + '"');
    }
  }

  /// The document as YAML.
  static byte[] yaml() {
    return resource(OPENAPI + "swagger.yaml").bytes();
  }

  public void document(ServerRequest req, ServerResponse res) {
    Responses.json(req, res, Status.OK_200, DocumentJson.document());
  }

  /// Sends a browser to `/swagger/`: the page's links are relative.
  public void redirect(ServerRequest req, ServerResponse res) {
    res.header(HeaderNames.LOCATION, Paths.PAGES);
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
    Resource found = resource((initializer ? OPENAPI : WEBJAR) + file);
    res.header(HeaderNames.ETAG, found.tag());
    res.header(SecurityHeaders.REVALIDATED);
    if (req.headers().first(HeaderNames.IF_NONE_MATCH).filter(found.tag()::equals).isPresent()) {
      Responses.empty(res, Status.NOT_MODIFIED_304);
      return;
    }
    res.header(SecurityHeaders.PAGE_POLICY);
    MediaTypes.detectType(file).ifPresent(res.headers()::contentType);
    Responses.bytes(req, res, found.bytes());
  }

  /// Reads a resource at its first request: a node starts without them.
  private static Resource resource(String path) {
    return READ.computeIfAbsent(path, DocumentPages::read);
  }

  private static Resource read(String path) {
    try (InputStream in = DocumentPages.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("missing on the class path: " + path);
      }
      return Resource.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
