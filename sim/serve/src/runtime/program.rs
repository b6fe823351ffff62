//! The program of a command: the file that a process would be started from.

use std::env::{self, consts};
use std::ffi::OsStr;
use std::path::{self, Path, PathBuf};

/// Returns the path by which a program is started. A program with a folder in its name is found
/// from the function's folder, any other on `PATH`.
///
/// Links are not followed: a Python goes by the one that it was started by.
pub(super) fn started_as(folder: &Path, program: &str) -> PathBuf {
    if !has_folder(program) {
        return PathBuf::from(program);
    }
    let path = folder.join(program);
    path::absolute(&path).unwrap_or(path)
}

/// Checks that a program can be started, with this `PATH` instead of the server's own if there is
/// one.
///
/// # Errors
///
/// The message for a person who names a program that is not there, or is none.
pub(super) fn check(folder: &Path, program: &str, own_path: Option<&str>) -> Result<(), String> {
    if has_folder(program) {
        let path = started_as(folder, program);
        if is_program(&path) {
            return Ok(());
        }
        let what = if path.exists() { "is no program that may be run" } else { "does not exist" };
        return Err(format!("the program {} {what}", path.display()));
    }
    let inherited = env::var_os("PATH");
    // Without any, the machine has places of its own.
    let Some(folders) = own_path.map(OsStr::new).or(inherited.as_deref()) else { return Ok(()) };
    let is_found =
        env::split_paths(folders).any(|place| is_program(&folder.join(place).join(program)));
    if is_found { Ok(()) } else { Err(format!("there is no program `{program}` on the PATH")) }
}

fn has_folder(program: &str) -> bool {
    program.contains(path::is_separator)
}

fn is_program(path: &Path) -> bool {
    let with_suffix = || {
        let mut name = path.as_os_str().to_owned();
        name.push(consts::EXE_SUFFIX);
        PathBuf::from(name)
    };
    is_executable(path) || !consts::EXE_SUFFIX.is_empty() && is_executable(&with_suffix())
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}
