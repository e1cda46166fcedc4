package dev.taskscheduler.handlers.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.Status;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Supplies the bytes of one connection to Helidon's reader. A chunked body comes in the plainest
/// form of [ChunkedCoding], and a first request in HTTP/1.0 as HTTP/1.1 with `Connection: close`.
/// For one thread, that of the connection.
final class ConnectionBytes implements Supplier<byte[]> {
  private static final byte[] NONE = {};
  private static final String HTTP_1_0 = " HTTP/1.0\r\n";
  private static final String END_OF_HEAD = "\r\n\r\n";

  private final Supplier<byte @Nullable []> source;
  private final BodyPace pace;
  private final int maxFirstLine;
  private final int maxHead;
  private final DataReader reader = DataReader.create(this);

  private byte[] arrived = NONE; // and not passed on yet, from `at`
  private int at;
  private boolean begun;
  private boolean http10;
  private volatile boolean inHead;
  private @Nullable ChunkedCoding chunks;
  private @Nullable BadFraming fault; // to be thrown
  private boolean tooLarge; // the fault is, and what comes may be a long body
  private boolean ended;
  private long bodyLeft; // bytes of a body with a length that have not arrived yet

  /// @param source null at the end
  /// @param pace that a body must keep
  /// @param maxFirstLine bytes; a longer one is passed on as it is
  /// @param maxHead bytes of the first line and the headers
  ConnectionBytes(
      Supplier<byte @Nullable []> source, BodyPace pace, int maxFirstLine, int maxHead) {
    this.source = source;
    this.pace = pace;
    this.maxFirstLine = maxFirstLine;
    this.maxHead = maxHead;
  }

  /// Reads what this gives.
  DataReader reader() {
    return reader;
  }

  /// Takes note that the first line of a request has been read, or all of its headers.
  void head(boolean begins) {
    inHead = begins;
  }

  /// Whether a request has begun whose headers are not read yet. For any thread.
  boolean isInHead() {
    return inHead;
  }

  /// Whether the connection began with a request in HTTP/1.0.
  boolean isHttp10() {
    return http10;
  }

  /// The request's headers have been read, and its body comes in chunks.
  ///
  /// @param maxBody bytes of it
  void chunked(long maxBody) {
    chunks = new ChunkedCoding(maxBody);
    pace.begin();
    int held = reader.available();
    if (held > 0) {
      arrived = reader.readBytes(held);
      at = 0;
    }
  }

  /// The request's headers have been read, and its body has a length.
  void withLength(long length) {
    bodyLeft = Math.max(0, length - reader.available());
    if (bodyLeft > 0) {
      pace.begin();
    }
  }

  /// Whether a part of the last request's body has not been read, or cannot be.
  boolean isInBody() {
    return bodyLeft > 0 || chunks != null;
  }

  /// Reads the rest of the body and throws it away: to close a connection with bytes unread takes
  /// the answer away from a client that has not read it yet.
  ///
  /// @param most bytes
  void discard(int most) {
    int discarded = 0;
    while (isInBody() && discarded < most && (!ended || tooLarge)) {
      if (chunks != null && at < arrived.length && !tooLarge) {
        discardArrived(chunks);
      } else {
        arrived = read(source);
        at = 0;
        discarded += arrived.length;
      }
    }
  }

  private void discardArrived(ChunkedCoding coding) {
    try {
      at = coding.pass(arrived, at, new ByteArrayOutputStream());
    } catch (BadFraming e) { // where it would end, nobody knows
      ended = true;
    }
    if (coding.over()) {
      chunks = null;
    }
  }

  /// The next bytes.
  ///
  /// @throws BadFraming once; from then on the connection is at its end
  /// @throws ClientGone at the end
  @Override
  public byte[] get() {
    if (fault != null) {
      BadFraming current = fault;
      fault = null;
      ended = true;
      throw current;
    }
    if (chunks != null && !ended) {
      return pass(chunks);
    }
    if (at < arrived.length && !ended) {
      byte[] rest = Arrays.copyOfRange(arrived, at, arrived.length);
      arrived = NONE;
      at = 0;
      return rest;
    }
    if (!begun) {
      begun = true;
      return first();
    }
    return more();
  }

  private byte[] more() {
    if (ended) {
      throw new ClientGone(null);
    }
    try {
      return read(isInBody() ? () -> pace.read(source) : source);
    } catch (BadFraming e) {
      ended = true;
      throw e;
    }
  }

  private byte[] read(Supplier<byte @Nullable []> from) {
    byte[] bytes = from.get();
    if (bytes == null) {
      ended = true;
      throw new ClientGone(null);
    }
    bodyLeft = Math.max(0, bodyLeft - bytes.length);
    return bytes;
  }

  private byte[] pass(ChunkedCoding coding) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(arrived.length - at + 32);
    while (out.size() == 0) {
      if (at == arrived.length) {
        arrived = more();
        at = 0;
      }
      try {
        at = coding.pass(arrived, at, out);
      } catch (BadFraming e) {
        fault = e; // thrown after the bytes before it
        tooLarge = e.status().equals(Status.REQUEST_ENTITY_TOO_LARGE_413);
        return out.size() == 0 ? get() : out.toByteArray();
      }
    }
    if (coding.over()) {
      chunks = null;
    }
    return out.toByteArray();
  }

  private byte[] first() {
    byte[] line = until("\n", NONE, maxFirstLine);
    String text = new String(line, ISO_8859_1);
    int end = text.indexOf('\n') + 1;
    if (!text.substring(0, end).endsWith(HTTP_1_0)) {
      return line;
    }
    http10 = true;
    String all = new String(until(END_OF_HEAD, line, maxHead), ISO_8859_1);
    int endOfHead = all.indexOf(END_OF_HEAD);
    String head = all.substring(0, endOfHead < 0 ? all.length() : endOfHead);
    return (all.substring(0, end - HTTP_1_0.length())
            + " HTTP/1.1\r\nConnection: close\r\n"
            + (head.toLowerCase(Locale.ROOT).contains("\nhost:") ? "" : "Host: localhost\r\n")
            + all.substring(end))
        .getBytes(ISO_8859_1);
  }

  /// Gathers bytes until some text is among them, or they are too many.
  private byte[] until(String text, byte[] begin, int most) {
    byte[] all = begin;
    while (all.length <= most && !new String(all, ISO_8859_1).contains(text)) {
      byte[] more = more();
      byte[] joined = Arrays.copyOf(all, all.length + more.length);
      System.arraycopy(more, 0, joined, all.length, more.length);
      all = joined;
    }
    return all;
  }
}
