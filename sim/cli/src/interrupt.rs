//! Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Returns a flag that Ctrl-C sets, so that long work can stop and report its results so far.
pub(crate) fn flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    // Without a handler Ctrl-C ends the process at once, which is no worse than before.
    let _ = ctrlc::set_handler(move || set.store(true, Ordering::Relaxed));
    flag
}
