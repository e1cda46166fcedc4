/// Who changed what: the entries, and the port to where they are kept.
///
/// Sees no other package. Begin with `AuditTrail`.
@NullMarked
package dev.taskscheduler.audit;

import org.jspecify.annotations.NullMarked;
