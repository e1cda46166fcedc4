/// Who may call: tokens, their rights, failed logins, origins and hosts.
///
/// Sees `handlers.files` and `handlers.wire`. Begin with `AccessFilter`.
@NullMarked
package dev.taskscheduler.handlers.auth;

import org.jspecify.annotations.NullMarked;
