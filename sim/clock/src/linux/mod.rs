//! Linux: the functions of the C library that this crate defines in its place.

mod deadline;
mod kernel;
mod symbols;
mod variadic;

pub(crate) use kernel::find_clock;

/// True if code that looks functions up by their names, as the crate `getrandom` does, finds ours.
pub(crate) fn is_found_by_name() -> bool {
    // A program that is linked statically has no table of names, and nothing is looked up in one.
    if cfg!(target_feature = "crt-static") {
        return true;
    }
    // SAFETY: the name is a string that ends in a zero byte.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"getrandom".as_ptr()) };
    std::ptr::eq(found, symbols::getrandom as *const libc::c_void)
}
