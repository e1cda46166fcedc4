/// `POST /submit` and `POST /submit/batch`: reads and checks tasks, and answers what became of
/// them.
///
/// Sees `task`, `spi`, `handlers.server`, `handlers.auth` and `handlers.wire`. Begin with
/// `SubmitHandler`.
@NullMarked
package dev.taskscheduler.handlers.submit;

import org.jspecify.annotations.NullMarked;
