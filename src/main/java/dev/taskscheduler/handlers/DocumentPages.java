package dev.taskscheduler.handlers;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.NotFoundException;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.staticcontent.ClasspathHandlerConfig;
import io.helidon.webserver.staticcontent.StaticContentFeature;
import io.helidon.webserver.staticcontent.TemporaryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.Set;

/// The API document and Swagger UI, which shows it. Of the UI's archive only the files that the
/// page asks for are served.
final class DocumentPages {
  private static final String DOCUMENT = "/META-INF/openapi/swagger.json";

  private static final Set<String> FILES =
      Set.of(
          "",
          "index.html",
          "index.css",
          "swagger-ui.css",
          "swagger-ui-bundle.js",
          "swagger-ui-standalone-preset.js",
          "favicon-16x16.png",
          "favicon-32x32.png");
  private static final HeaderName POLICY = HeaderNames.create("Content-Security-Policy");
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

  private final byte[] document = json();

  /// The document as JSON.
  static byte[] json() {
    return resource(DOCUMENT);
  }

  void document(ServerRequest req, ServerResponse res) {
    Answers.json(req, res, Status.OK_200, document);
  }

  void initializer(ServerRequest req, ServerResponse res) {
    res.headers().contentType(MediaTypes.create("text/javascript"));
    Answers.bytes(req, res, INITIALIZER);
  }

  void redirect(ServerRequest req, ServerResponse res) {
    res.header(HeaderNames.LOCATION, "/swagger/");
    Answers.empty(res, Status.FOUND_302);
  }

  /// `/swagger` has to end with a slash for the page's relative links; with it, the page follows.
  void start(ServerRequest req, ServerResponse res) {
    if (req.path().path().equals(Routes.PAGES)) {
      guard(req, res);
    } else {
      redirect(req, res);
    }
  }

  /// Lets only the page's own files pass on to [#files].
  void guard(ServerRequest req, ServerResponse res) {
    String path = req.path().path();
    String file = path.substring(path.lastIndexOf('/') + 1);
    if (!FILES.contains(file) || path.length() != Routes.PAGES.length() + file.length()) {
      throw new NotFoundException("no such page");
    }
    res.header(HeaderValues.X_CONTENT_TYPE_OPTIONS_NOSNIFF);
    res.header(
        POLICY, "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:");
    res.next();
  }

  static HttpService files() {
    return StaticContentFeature.createService(
        ClasspathHandlerConfig.builder()
            .location("META-INF/resources/webjars/swagger-ui/" + uiVersion())
            .welcome("index.html")
            .temporaryStorage(TemporaryStorage.builder().enabled(false).build())
            .build());
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

  private static byte[] resource(String path) {
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
