//! Programs that some tests need. A machine without them skips those tests: `cargo test` says so
//! in its first lines, and once per program of tests if it runs only some of them.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// The names of a browser: on Debian, and where Google packages it.
const BROWSERS: [&str; 3] = ["chromium", "google-chrome", "chromium-browser"];

/// A part of the machine that some tests need.
#[derive(Debug)]
pub struct Need {
    /// The tests that are skipped without it.
    pub tests: &'static str,
    /// The part that is missing then, and a way to get it.
    pub remedy: &'static str,
    /// The variable that is `required` where CI has installed it.
    pub variable: Option<&'static str>,
    find: fn() -> bool,
    is_announced: AtomicBool,
}

/// A browser with its driver.
pub static BROWSER: Need = Need::new(
    "pictures and pages in a browser",
    "no chromium and chromedriver on PATH (Debian: chromium, chromium-driver)",
    Some("STORMGLASS_BROWSER"),
    || find_browser().is_some() && find_program("chromedriver").is_some(),
);

/// Mermaid, in the folder that `STORMGLASS_MERMAID` names or in `target/mermaid`.
pub static MERMAID: Need = Need::new(
    "diagrams as GitHub draws them",
    "no Mermaid in target/mermaid (`source .ci/browser`)",
    Some("STORMGLASS_BROWSER"),
    || find_mermaid().is_some(),
);

/// Clients of the services that other people wrote.
pub static CLIENTS: Need = Need::new(
    "clients of other people for `cargo serve`",
    "no wscat, boto3 and websockets in target/clients (`source .ci/clients`)",
    Some("STORMGLASS_CLIENTS"),
    || {
        find_client("node/node_modules/.bin/wscat").is_some()
            && find_client("venv/bin/aws").is_some()
    },
);

/// The functions as they are deployed.
pub static BINARIES: Need = Need::new(
    "the deployed functions as processes",
    "STORMGLASS_BINARIES names no folder (`tests/README.md` has the commands)",
    None,
    || find_binaries().is_some(),
);

/// Other people's DynamoDB.
pub static EMULATORS: Need = Need::new(
    "the table beside emulators of DynamoDB",
    "none is started (`.ci/emulators cargo test --test dynamodb`)",
    None,
    || ["STORMGLASS_DYNAMODB_LOCAL", "STORMGLASS_MINISTACK"].iter().any(|it| is_set(it)),
);

/// Node, for its runtime among the examples of `cargo serve`.
pub static NODE: Need = Need::new(
    "the runtime for functions in Node",
    "no node on PATH (Debian: nodejs)",
    Some("STORMGLASS_NODE"),
    || find_program("node").is_some(),
);

/// The packages of the example in Node.
pub static NODE_EXAMPLE: Need = Need::new(
    "the example in Node",
    "its packages are not installed (`source .ci/languages`)",
    Some("STORMGLASS_NODE"),
    || has_example("node/node_modules/@aws-sdk/lib-dynamodb/package.json"),
);

/// The packages of the example in Python.
pub static PYTHON_EXAMPLE: Need = Need::new(
    "the example in Python",
    "its packages are not installed (`source .ci/languages`)",
    Some("STORMGLASS_PYTHON"),
    || has_example("python/.venv/bin/python"),
);

/// The programs of the example in Go.
pub static GO_EXAMPLE: Need = Need::new(
    "the example in Go",
    "its programs are not built (`source .ci/languages`)",
    Some("STORMGLASS_GO"),
    || has_example("go/bin/broadcast"),
);

/// All needs of tests.
pub static ALL: [&Need; 9] = [
    &BROWSER,
    &MERMAID,
    &CLIENTS,
    &NODE,
    &NODE_EXAMPLE,
    &PYTHON_EXAMPLE,
    &GO_EXAMPLE,
    &BINARIES,
    &EMULATORS,
];

impl Need {
    const fn new(
        tests: &'static str,
        remedy: &'static str,
        variable: Option<&'static str>,
        find: fn() -> bool,
    ) -> Need {
        Need { tests, remedy, variable, find, is_announced: AtomicBool::new(false) }
    }

    /// Reports whether this machine has it. The first time that it has not, a line on standard
    /// error says so, past everything that captures the output of tests, unless the first lines of
    /// this `cargo test` have said it.
    ///
    /// # Panics
    ///
    /// If it is missing although CI has installed it.
    pub fn is_met(&self) -> bool {
        if (self.find)() {
            return true;
        }
        if let Some(variable) = self.variable {
            let is_required = is_required(variable, |name| env::var(name).ok());
            assert!(!is_required, "{variable}=required, but {}", self.remedy);
        }
        let was_announced = self.is_announced.swap(true, Ordering::Relaxed);
        if !was_announced && fs::read_to_string(announcement()).ok() != Some(run_id()) {
            self.announce();
        }
        false
    }

    fn announce(&self) {
        let line = format!("skipped: {}: {}\n", self.tests, self.remedy);
        // All at once, so that other tests print before or after it. If it fails, nobody reads it.
        let _ = io::stderr().write_all(line.as_bytes());
    }
}

/// Announces every need that this machine does not meet, for all programs that the same `cargo
/// test` starts.
///
/// # Errors
///
/// If the folder `target` cannot be written.
pub fn announce_all() -> io::Result<()> {
    for need in ALL.iter().filter(|need| !(need.find)()) {
        need.announce();
    }
    let path = announcement();
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, run_id())
}

/// Reports whether CI has installed the part of the machine that this variable stands for.
pub fn is_required(variable: &str, value: impl Fn(&str) -> Option<String>) -> bool {
    let is = |name, wanted: &str| value(name).is_some_and(|value| value == wanted);
    is("CI", "true") && is(variable, "required")
}

/// Returns a browser on `PATH`.
pub fn find_browser() -> Option<PathBuf> {
    BROWSERS.iter().find_map(|name| find_program(name))
}

/// Returns the program with this name on `PATH`.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Returns the script of Mermaid.
pub fn find_mermaid() -> Option<PathBuf> {
    let folder = env::var_os("STORMGLASS_MERMAID");
    let folder = folder.map_or_else(|| target().join("mermaid"), PathBuf::from);
    existing(folder.join("node_modules/mermaid/dist/mermaid.min.js"))
}

/// Returns a program that `.ci/clients` installs, by its path in `target/clients`.
pub fn find_client(path: &str) -> Option<PathBuf> {
    let path = target().join("clients").join(path);
    // The path of a Python in a virtual environment must not be resolved: it leads out of there.
    path.exists().then_some(path)
}

/// Returns the folder of the deployed functions that `STORMGLASS_BINARIES` names, relative to the
/// root of the workspace.
///
/// # Panics
///
/// If there is no such folder.
pub fn find_binaries() -> Option<PathBuf> {
    let folder = env::var_os("STORMGLASS_BINARIES").filter(|folder| !folder.is_empty())?;
    let found = existing(root().join(&folder));
    Some(found.unwrap_or_else(|| panic!("STORMGLASS_BINARIES is no folder: {folder:?}")))
}

/// Reports whether a file of an example is there once the example is installed.
fn has_example(path: &str) -> bool {
    root().join("sim/serve/examples").join(path).exists()
}

fn existing(path: PathBuf) -> Option<PathBuf> {
    fs::canonicalize(path).ok()
}

fn is_set(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn target() -> PathBuf {
    root().join("target")
}

/// The file that holds the id of the last run whose first lines announced all needs.
fn announcement() -> PathBuf {
    target().join("tmp/needs")
}

/// The id of this `cargo test`: all programs of one run have the same parent.
fn run_id() -> String {
    #[cfg(unix)]
    let parent = std::os::unix::process::parent_id();
    #[cfg(not(unix))]
    let parent = std::process::id();
    parent.to_string()
}
