//! The programs behind a browser: where they are, and how they end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The browser and its driver.
#[derive(Debug)]
pub(super) struct Programs {
    pub(super) browser: PathBuf,
    pub(super) driver: PathBuf,
}

impl Programs {
    /// Looks for both on `PATH`.
    pub(super) fn find() -> Option<Programs> {
        let browser = needs::find_browser()?;
        Some(Programs { browser, driver: needs::find_program("chromedriver")? })
    }
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
