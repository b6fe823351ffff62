//! The programs behind a browser: where they are, and how they end.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a browser is called on Debian, and where Google packages it.
const BROWSERS: [&str; 3] = ["chromium", "google-chrome", "chromium-browser"];

/// The browser and its driver.
#[derive(Debug)]
pub(super) struct Programs {
    pub(super) browser: PathBuf,
    pub(super) driver: PathBuf,
}

impl Programs {
    /// Looks for both on `PATH`.
    pub(super) fn find() -> Option<Programs> {
        let path = env::var_os("PATH")?;
        let browser = BROWSERS.iter().find_map(|name| find_in(&path, name))?;
        Some(Programs { browser, driver: find_in(&path, "chromedriver")? })
    }
}

fn find_in(path: &OsStr, name: &str) -> Option<PathBuf> {
    env::split_paths(path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Whether a machine on which `variable` says so must have a browser: CI that has installed one.
pub fn is_required(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is = |name, value: &str| variable(name).is_some_and(|known| known == value);
    is("CI", "true") && is("STORMGLASS_BROWSER", "required")
}

/// Says on standard error, past whatever captures the output of tests, what is skipped and why.
///
/// # Panics
///
/// If nothing may be skipped here.
pub fn skip(why: &str) {
    assert!(!is_required(|name| env::var(name).ok()), "STORMGLASS_BROWSER=required, but {why}");
    // All at once, so that other tests print before or after it. If it fails, nobody reads it.
    let _ = io::stderr().write_all(format!("skipped: {why}\n").as_bytes());
}

/// Ends a process group, which is named by its first process.
pub(super) fn end_group(id: u32) {
    end(&format!("-{id}"));
}

/// Ends every process that was started with a path in this folder, which is ours alone.
pub(super) fn end_all_that_use(folder: &Path) {
    let folder = folder.to_string_lossy().into_owned();
    let Ok(processes) = fs::read_dir("/proc") else { return };
    for process in processes.flatten() {
        let name = process.file_name().to_string_lossy().into_owned();
        let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let is_process = name.bytes().all(|byte| byte.is_ascii_digit());
        if is_process && String::from_utf8_lossy(&command).contains(&format!("{folder}/")) {
            end(&name);
        }
    }
}

/// Ends a process or, with a minus sign, a group; the standard library has no word for the latter.
fn end(id: &str) {
    let mut kill = Command::new("kill");
    kill.args(["-KILL", "--", id]).stdout(Stdio::null()).stderr(Stdio::null());
    // It may have ended by itself.
    let _ = kill.status();
}
