//! Changes of the files of functions.
//!
//! The files are looked at twice a second. Events of the system would save that, but each system
//! has others, editors that replace a file confuse them, and none come from the folders of networks
//! and of virtual machines.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::function::{Function, FunctionProcess};

/// The time between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// The folders that programs fill, and no person edits.
const FILLED_FOLDERS: [&str; 3] = ["__pycache__", "node_modules", "target"];

/// The files of functions, as they were at the last change.
#[derive(Debug)]
pub(super) struct WatchedFiles {
    places: Arc<Places>,
    last: Snapshot,
}

/// The places of the files.
#[derive(Debug)]
struct Places {
    functions: Vec<Function>,
    /// The file that describes the functions.
    project: PathBuf,
    /// A file that the server itself writes.
    ignored: Option<PathBuf>,
}

/// The time and the length of each file.
type Snapshot = BTreeMap<PathBuf, (SystemTime, u64)>;

impl WatchedFiles {
    /// Returns the files of `functions`, and the file `project` that describes them. Changes count
    /// from now on. The server itself writes `ignored`.
    pub(super) async fn new(
        functions: Vec<Function>,
        project: &Path,
        ignored: Option<&Path>,
    ) -> WatchedFiles {
        let (project, ignored) = (project.to_owned(), ignored.map(absolute));
        let places = Places { functions, project, ignored };
        let mut files = WatchedFiles { places: Arc::new(places), last: Snapshot::new() };
        files.last = files.look().await;
        files
    }

    /// Waits for changes, and returns their files. A change is complete when two looks see the
    /// same: no function starts from a file that is half written.
    pub(super) async fn changed(&mut self) -> Vec<PathBuf> {
        loop {
            let mut seen = self.look().await;
            while seen != self.last {
                sleep(PAUSE).await;
                let again = self.look().await;
                if again == seen {
                    let last = std::mem::replace(&mut self.last, again);
                    return difference(&last, &seen);
                }
                seen = again;
            }
            sleep(PAUSE).await;
        }
    }

    async fn look(&self) -> Snapshot {
        let places = Arc::clone(&self.places);
        spawn_blocking(move || places.look()).await.unwrap_or_default()
    }
}

impl Places {
    fn look(&self) -> Snapshot {
        let mut snapshot = Snapshot::new();
        add_file(&mut snapshot, &self.project);
        for FunctionProcess { folder, command, .. } in
            self.functions.iter().map(|function| &function.process)
        {
            add_folder(&mut snapshot, &absolute(folder));
            for word in command.iter().flatten() {
                add_file(&mut snapshot, &absolute(&folder.join(word)));
            }
        }
        if let Some(ignored) = &self.ignored {
            snapshot.remove(ignored);
        }
        snapshot
    }
}

/// Adds the files of a folder, and of the folders in it. Links to folders are not followed.
fn add_folder(snapshot: &mut Snapshot, folder: &Path) {
    // A folder may be gone for a moment.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let Ok(kind) = entry.file_type() else { continue };
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if !kind.is_dir() {
            if path.extension() != Some(OsStr::new("log")) {
                add_file(snapshot, &path);
            }
        } else if !FILLED_FOLDERS.iter().any(|filled| name == *filled) {
            add_folder(snapshot, &path);
        }
    }
}

fn add_file(snapshot: &mut Snapshot, file: &Path) {
    if let Ok(metadata) = fs::metadata(file)
        && metadata.is_file()
        && let Ok(modified) = metadata.modified()
    {
        snapshot.insert(file.to_owned(), (modified, metadata.len()));
    }
}

/// Returns a path by which a file has one name only, as long as the file is there.
pub(super) fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Returns the files that differ, and those that are in one of the two only.
fn difference(one: &Snapshot, other: &Snapshot) -> Vec<PathBuf> {
    let changed = one.iter().filter(|(file, state)| other.get(*file) != Some(state));
    let new = other.keys().filter(|file| !one.contains_key(*file));
    changed.map(|(file, _)| file).chain(new).cloned().collect()
}
