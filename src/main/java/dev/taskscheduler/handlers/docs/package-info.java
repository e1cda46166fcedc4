/// The API document and Swagger UI.
///
/// Sees `handlers.wire`. Begin with `DocumentPages`.
@NullMarked
package dev.taskscheduler.handlers.docs;

import org.jspecify.annotations.NullMarked;
