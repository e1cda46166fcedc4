package dev.taskscheduler.handlers.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;

/// Reads one chunked body (RFC 9112, section 7.1), strictly and within limits. It writes the body
/// again in the plainest form: no extensions, no trailers, and a chunk for each piece that arrived.
/// So Helidon's reader meets short lines only, and holds no more than has arrived.
final class ChunkedCoding {
  static final int MAX_LINE = 1024;
  static final int MAX_TRAILERS = 8 * 1024;

  private static final byte[] END_OF_LINE = {'\r', '\n'};
  private static final byte[] LAST = "0\r\n\r\n".getBytes(ISO_8859_1);

  private enum State {
    SIZE,
    SPACE_AFTER_SIZE,
    EXTENSION,
    END_OF_SIZE,
    DATA,
    AFTER_DATA,
    END_OF_DATA,
    TRAILER_OR_END,
    TRAILER,
    END_OF_TRAILER,
    END,
    OVER
  }

  private final long maxBody;
  private State state = State.SIZE;
  private long announced; // by the chunks before the one that is read
  private long left; // of the chunk that is read
  private int line; // bytes of the line with the chunk's size
  private boolean sized; // the line had a digit
  private int trailers; // bytes of all trailers

  /// @param maxBody bytes of all chunks; a body is refused when it announces more
  ChunkedCoding(long maxBody) {
    this.maxBody = maxBody;
  }

  /// Whether the body's last byte has been read.
  boolean over() {
    return state == State.OVER;
  }

  /// Reads what arrived, up to the body's end.
  ///
  /// @param out gets what was read, in the plainest form; also what comes before a fault
  /// @return the place of the first byte that is no part of the body
  /// @throws BadFraming if it is not what the RFC allows, or beyond a limit
  int pass(byte[] in, int from, ByteArrayOutputStream out) {
    int at = from;
    while (at < in.length && state != State.OVER) {
      if (state == State.DATA) {
        int length = (int) Math.min(left, in.length - at);
        out.writeBytes(Integer.toHexString(length).getBytes(ISO_8859_1));
        out.writeBytes(END_OF_LINE);
        out.write(in, at, length);
        out.writeBytes(END_OF_LINE);
        at += length;
        left -= length;
        state = left == 0 ? State.AFTER_DATA : State.DATA;
      } else {
        state = next(in[at++] & 0xff);
        if (state == State.OVER) {
          out.writeBytes(LAST);
        }
      }
    }
    return at;
  }

  private State next(int c) {
    return switch (state) {
      case SIZE, SPACE_AFTER_SIZE, EXTENSION, END_OF_SIZE -> sizeLine(c);
      case AFTER_DATA -> only('\r', c, State.END_OF_DATA);
      case END_OF_DATA -> only('\n', c, State.SIZE);
      case TRAILER_OR_END, TRAILER, END_OF_TRAILER -> trailer(c);
      case END -> only('\n', c, State.OVER);
      case DATA, OVER -> throw new IllegalStateException(state.name());
    };
  }

  private State sizeLine(int c) {
    if (++line > MAX_LINE) {
      throw new BadFraming("The line of a chunk's size is longer than " + MAX_LINE + " bytes.");
    }
    return switch (state) {
      case SIZE -> size(c);
      case SPACE_AFTER_SIZE ->
          switch (c) {
            case ' ', '\t' -> State.SPACE_AFTER_SIZE;
            case ';' -> State.EXTENSION;
            default -> throw new BadFraming("After a chunk's size there is neither ; nor CRLF.");
          };
      case EXTENSION -> c == '\r' ? State.END_OF_SIZE : text(c, State.EXTENSION);
      default -> only('\n', c, begun());
    };
  }

  private State size(int c) {
    int digit = Character.digit(c, 16);
    if (digit >= 0 && c < 0x80) {
      sized = true;
      left = left << 4 | digit;
      if (left > maxBody - announced) {
        throw BadFraming.tooLarge();
      }
      return State.SIZE;
    }
    if (!sized) {
      throw new BadFraming("A chunk does not begin with its size in hexadecimal digits.");
    }
    return switch (c) {
      case '\r' -> State.END_OF_SIZE;
      case ';' -> State.EXTENSION;
      case ' ', '\t' -> State.SPACE_AFTER_SIZE;
      default -> throw new BadFraming("A chunk's size is not in hexadecimal digits.");
    };
  }

  /// The state after the line of a chunk's size.
  private State begun() {
    line = 0;
    sized = false;
    announced += left;
    return left == 0 ? State.TRAILER_OR_END : State.DATA;
  }

  private State trailer(int c) {
    if (++trailers > MAX_TRAILERS) {
      throw new BadFraming("The trailers are longer than " + MAX_TRAILERS + " bytes.");
    }
    return switch (state) {
      case TRAILER_OR_END -> c == '\r' ? State.END : text(c, State.TRAILER);
      case TRAILER -> c == '\r' ? State.END_OF_TRAILER : text(c, State.TRAILER);
      default -> only('\n', c, State.TRAILER_OR_END);
    };
  }

  private static State only(int expected, int c, State then) {
    if (c != expected) {
      throw new BadFraming("A chunk, or a line of the chunked coding, does not end with CRLF.");
    }
    return then;
  }

  /// No control characters: a reader that takes one of them for the end of a line would see another
  /// body.
  private static State text(int c, State then) {
    if (c < ' ' && c != '\t' || c == 0x7f) {
      throw new BadFraming("A line of the chunked coding has a control character.");
    }
    return then;
  }
}
