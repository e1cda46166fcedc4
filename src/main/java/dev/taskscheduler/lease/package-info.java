/// The lease with its fencing token: observe, acquire, renew, release.
///
/// Sees `spi`. Begin with `Lease`.
@NullMarked
package dev.taskscheduler.lease;

import org.jspecify.annotations.NullMarked;
