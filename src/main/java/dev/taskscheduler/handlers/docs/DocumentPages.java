package dev.taskscheduler.handlers.docs;

import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.handlers.wire.SecurityHeaders;
import io.helidon.common.media.type.MediaType;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.HeaderNames;
import io.helidon.http.NotFoundException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/// The API document and Swagger UI, which shows it. Of the UI's archive only the files that the
/// page asks for are served.
public final class DocumentPages {
  private static final String DOCUMENT = "/META-INF/openapi/swagger.json";
  private static final String DOCUMENT_YAML = "/META-INF/openapi/swagger.yaml";

  private static final String UI = "/META-INF/resources/webjars/swagger-ui/";
  private static final String PAGE = "index.html";
  private static final MediaType STYLE = MediaTypes.create("text/css");
  private static final MediaType SCRIPT = MediaTypes.create("text/javascript");
  private static final MediaType IMAGE = MediaTypes.create("image/png");
  private static final Map<String, MediaType> FILES =
      Map.of(
          PAGE,
          MediaTypes.TEXT_HTML,
          "index.css",
          STYLE,
          "swagger-ui.css",
          STYLE,
          "swagger-ui-bundle.js",
          SCRIPT,
          "swagger-ui-standalone-preset.js",
          SCRIPT,
          "favicon-16x16.png",
          IMAGE,
          "favicon-32x32.png",
          IMAGE);
  private static final Map<String, byte[]> READ = new ConcurrentHashMap<>();
  private static final byte[] INITIALIZER =
      """
      window.onload = function () {
        window.ui = SwaggerUIBundle({
          url: "doc.json",
          dom_id: "#swagger-ui",
          deepLinking: true,
          validatorUrl: null,
          presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
          layout: "StandaloneLayout"
        });
      };
      """
          .getBytes(StandardCharsets.UTF_8);

  /// The document as JSON. Read when it is first asked for, as the files are: a node starts without
  /// them.
  static byte[] json() {
    return resource(DOCUMENT);
  }

  /// The document as YAML.
  static byte[] yaml() {
    return resource(DOCUMENT_YAML);
  }

  public void document(ServerRequest req, ServerResponse res) {
    Responses.json(req, res, Status.OK_200, json());
  }

  public void initializer(ServerRequest req, ServerResponse res) {
    res.headers().contentType(SCRIPT);
    Responses.bytes(req, res, INITIALIZER);
  }

  public void redirect(ServerRequest req, ServerResponse res) {
    res.header(HeaderNames.LOCATION, "/swagger/");
    Responses.empty(res, Status.FOUND_302);
  }

  /// `/swagger` has to end with a slash for the page's relative links; with it, the page follows.
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
    MediaType type = FILES.get(file);
    if (type == null) {
      throw new NotFoundException("no such page");
    }
    String version = uiVersion();
    String tag = '"' + version + '"';
    res.header(HeaderNames.ETAG, tag);
    res.header(SecurityHeaders.REVALIDATED);
    if (req.headers().first(HeaderNames.IF_NONE_MATCH).filter(tag::equals).isPresent()) {
      Responses.empty(res, Status.NOT_MODIFIED_304);
      return;
    }
    res.header(SecurityHeaders.PAGE_POLICY);
    res.headers().contentType(type);
    Responses.bytes(req, res, resource(UI + version + "/" + file));
  }

  private static String uiVersion() {
    Properties about = new Properties();
    try (InputStream in = stream("/META-INF/maven/org.webjars/swagger-ui/pom.properties")) {
      about.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return about.getProperty("version", "unknown");
  }

  /// The file's bytes, one array for all who ask for them: it must not be changed.
  private static byte[] resource(String path) {
    return READ.computeIfAbsent(path, DocumentPages::read);
  }

  private static byte[] read(String path) {
    try (InputStream in = stream(path)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream stream(String path) {
    InputStream in = DocumentPages.class.getResourceAsStream(path);
    if (in == null) {
      throw new IllegalStateException("missing on the class path: " + path);
    }
    return in;
  }
}
