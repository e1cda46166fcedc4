package dev.taskscheduler.handlers.wire;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/// A file of a page, from the class path: it is sent under its tag, and compressed to who can read
/// that.
///
/// @param name its end says the media type
/// @param bytes shared by all requests: they must not be changed
/// @param gzip the same, compressed
/// @param tag the entity tag, with its quotes
@SuppressWarnings("ArrayRecordComponent") // no two are ever compared
public record PageFile(String name, byte[] bytes, byte[] gzip, String tag) {
  private static final String GZIP = "gzip";

  /// @throws IllegalStateException if the class path lacks it
  public static PageFile read(String path) {
    try (InputStream in = PageFile.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("missing on the class path: " + path);
      }
      return of(path, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static PageFile of(String name, byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new PageFile(name, bytes, packed.toByteArray(), '"' + Sha256.of(bytes) + '"');
  }

  /// Sends it, or says that the copy that the browser has is still good.
  ///
  /// @param policy what the page may load
  public void send(ServerRequest req, ServerResponse res, Header policy) {
    res.header(HeaderNames.ETAG, tag);
    res.header(policy); // with a 304 too: its headers replace those of the browser's copy
    res.header(SecurityHeaders.REVALIDATED);
    res.header(HeaderValues.create(HeaderNames.VARY, "Accept-Encoding"));
    // A proxy that compresses makes a tag weak.
    if (req.headers()
        .first(HeaderNames.IF_NONE_MATCH)
        .filter(has -> has.contains(tag))
        .isPresent()) {
      Responses.empty(res, Status.NOT_MODIFIED_304);
      return;
    }
    MediaTypes.detectType(name).ifPresent(res.headers()::contentType);
    boolean packed =
        req.headers()
            .first(HeaderNames.ACCEPT_ENCODING)
            .filter(accepted -> accepted.toLowerCase(Locale.ROOT).contains(GZIP))
            .isPresent();
    if (packed) {
      res.header(HeaderNames.CONTENT_ENCODING, GZIP);
    }
    Responses.bytes(req, res, packed ? gzip : bytes);
  }
}
