package dev.taskscheduler.audit;

/// One change that somebody asked for, made by one request.
///
/// @param by the name of the token, never the token; `anyone` where no tokens are asked for
/// @param address of the connection: a proxy's, where there is one
/// @param node that made the change
/// @param action such as `pause`
/// @param subject what was changed and what came of it, as `key=value`, separated by spaces
public record AuditEntry(String by, String address, String node, String action, String subject) {
  private static final int LONGEST = 256;
  private static final int LONGEST_SUBJECT = 512;

  /// Cuts what is too long, and replaces control characters.
  public AuditEntry {
    by = plain(by, LONGEST);
    address = plain(address, LONGEST);
    node = plain(node, LONGEST);
    action = plain(action, LONGEST);
    subject = plain(subject, LONGEST_SUBJECT);
  }

  private static String plain(String text, int longest) {
    var plain = new StringBuilder(Math.min(text.length(), longest));
    text.codePoints()
        .limit(longest)
        .map(
            c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '?' : c)
        .forEach(plain::appendCodePoint);
    return plain.toString();
  }
}
