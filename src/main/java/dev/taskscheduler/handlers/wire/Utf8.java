package dev.taskscheduler.handlers.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Tells UTF-8 from what only looks like it: overlong forms, surrogates, cut-off sequences. The
/// JSON parser skips over strings without looking that closely.
public final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final int CHUNK = 1024;

  private Utf8() {}

  /// Whether a text begins with a byte order mark, which JSON must not.
  public static boolean marked(byte[] text) {
    return text.length >= MARK.length && Arrays.mismatch(text, MARK) == MARK.length;
  }

  /// The offset of the first byte that is not part of well-formed UTF-8, or -1 if all is well.
  public static int firstFault(byte[] text) {
    int ascii = asciiPrefix(text);
    return ascii == text.length ? -1 : decode(text, ascii);
  }

  /// Whether a text has a form in UTF-8: one with half of a surrogate pair, which JSON can write as
  /// an escape, has none.
  public static boolean encodes(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private static int asciiPrefix(byte[] text) {
    int at = 0;
    while (at + Long.BYTES <= text.length && ((long) LONGS.get(text, at) & HIGH_BITS) == 0) {
      at += Long.BYTES;
    }
    while (at < text.length && text[at] >= 0) {
      at++;
    }
    return at;
  }

  private static int decode(byte[] text, int from) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(text, from, text.length - from);
    CharBuffer out = CharBuffer.allocate(CHUNK);
    CoderResult result;
    do {
      out.clear();
      result = decoder.decode(in, out, true);
    } while (result.isOverflow());
    return result.isError() ? in.position() : -1;
  }
}
