//! The messages of panics.

use std::any::Any;

/// Returns the message of a panic, if it has one.
pub(crate) fn message_of(panic: &(dyn Any + Send)) -> Option<&str> {
    let message = panic.downcast_ref::<&str>().copied();
    message.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
}
