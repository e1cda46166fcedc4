package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.wire.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntConsumer;

/// Cuts a batch into its items while it comes in, without reading them: a JSON array at the commas
/// of its outermost level, or lines (NDJSON). What an item holds is [SubmitParser]'s to read.
final class ItemSplitter {
  private static final int END = -1;
  private static final int FIRST_OF_MARK = 0xEF;

  private final InputStream in;
  private final boolean lines;
  private final int longest;
  private final IntConsumer grows;
  private final byte[] buffer = new byte[16 * 1024];
  private int at;
  private int filled;
  private boolean begun;
  private boolean over;
  private byte[] item = new byte[1024]; // while it is read
  private int length;
  private boolean tooLong;

  /// @param lines an item a line; else one JSON array
  /// @param longest bytes of an item at the most
  /// @param grows called with the bytes that an item may take, before it does
  ItemSplitter(InputStream in, boolean lines, int longest, IntConsumer grows) {
    this.in = in;
    this.lines = lines;
    this.longest = longest;
    this.grows = grows;
  }

  /// A batch that cannot be cut into items.
  static final class BrokenBatch extends Exception {
    BrokenBatch(String message) {
      super(message);
    }
  }

  /// Whether the last item was longer than an item may be: what was given of it is its beginning.
  boolean wasTooLong() {
    return tooLong;
  }

  /// The next item's bytes; empty at the batch's end.
  ///
  /// @throws BrokenBatch if the rest cannot be split; its message says why
  Optional<byte[]> next() throws IOException, BrokenBatch {
    if (over) {
      return Optional.empty();
    }
    tooLong = false;
    return lines ? line() : element();
  }

  private Optional<byte[]> line() throws IOException {
    while (true) {
      length = 0;
      int next = read();
      while (next != END && next != '\n') {
        add(next);
        next = read();
      }
      over = next == END;
      byte[] bytes = Arrays.copyOf(item, length);
      if (!blank(bytes)) {
        return Optional.of(bytes);
      }
      if (over) {
        return Optional.empty();
      }
    }
  }

  private static boolean blank(byte[] bytes) {
    for (byte b : bytes) {
      if (!space(b)) {
        return false;
      }
    }
    return true;
  }

  private static boolean space(int b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }

  private Optional<byte[]> element() throws IOException, BrokenBatch {
    int next = afterSpaces();
    if (!begun) {
      if (next == FIRST_OF_MARK) { // in UTF-8 there is nothing else at such a place
        throw new BrokenBatch(StrictJson.MARK);
      }
      if (next != '[') {
        throw new BrokenBatch("The body must be a JSON array of tasks.");
      }
      next = afterSpaces();
      if (next == ']') {
        finish();
        return Optional.empty();
      }
      begun = true;
    }
    length = 0;
    int depth = 0;
    while (depth > 0 || next != ',' && next != ']') {
      if (next == END) {
        throw new BrokenBatch("The body ends in the middle of the JSON array.");
      }
      add(next);
      if (next == '"') {
        string();
      } else if (next == '{' || next == '[') {
        depth++;
      } else if (next == '}' || next == ']') {
        depth--;
      }
      next = read();
    }
    if (next == ']') {
      finish();
    }
    return Optional.of(Arrays.copyOf(item, length));
  }

  private void string() throws IOException, BrokenBatch {
    int next = read();
    while (next != '"') {
      if (next == END) {
        throw new BrokenBatch("The body ends in the middle of a string.");
      }
      add(next);
      if (next == '\\') { // whatever follows is no end of the string
        next = read();
        if (next == END) {
          throw new BrokenBatch("The body ends in the middle of a string.");
        }
        add(next);
      }
      next = read();
    }
    add(next);
  }

  private void finish() throws IOException, BrokenBatch {
    over = true;
    if (afterSpaces() != END) {
      throw new BrokenBatch("There is text after the end of the JSON array.");
    }
  }

  private void add(int next) {
    if (length >= longest) {
      tooLong = true; // read to its end, so that the next one can be read
      return;
    }
    if (length == item.length) {
      grows.accept(2 * length);
      item = Arrays.copyOf(item, 2 * length);
    }
    item[length++] = (byte) next;
  }

  private int afterSpaces() throws IOException {
    int next = read();
    while (space(next)) {
      next = read();
    }
    return next;
  }

  private int read() throws IOException {
    if (at == filled) {
      filled = Math.max(0, in.read(buffer));
      at = 0;
      if (filled == 0) {
        return END;
      }
    }
    return buffer[at++] & 0xff;
  }
}
