/// Who may call: tokens, their rights, failed logins, origins and hosts; and who changed what.
///
/// Sees `audit`, `handlers.files` and `handlers.wire`. Begin with `AccessFilter`.
@NullMarked
package dev.taskscheduler.handlers.auth;

import org.jspecify.annotations.NullMarked;
