//! What a panic says.

use std::any::Any;

/// The message of a panic, if it has one.
pub(crate) fn of_panic(panic: &(dyn Any + Send)) -> Option<&str> {
    let message = panic.downcast_ref::<&str>().copied();
    message.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
}
