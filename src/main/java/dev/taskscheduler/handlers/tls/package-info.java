/// The certificate and key of the HTTP port, and their renewal.
///
/// Sees `handlers.files`. Begin with `TlsIdentity`.
@NullMarked
package dev.taskscheduler.handlers.tls;

import org.jspecify.annotations.NullMarked;
