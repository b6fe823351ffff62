//! A temporary folder.

use std::fs;
use std::path::PathBuf;

/// A temporary folder of one test, which is removed with it.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    /// Creates an empty folder. Only one test may use the `name`.
    pub(crate) fn new(name: &str) -> Folder {
        let folder = format!("stormglass-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        fs::create_dir_all(&folder).expect("a temporary folder");
        Folder(folder)
    }

    /// Returns the path of a file in the folder.
    pub(crate) fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a path of Unicode").to_owned()
    }

    /// Returns the names of the entries of the folder.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("the folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<String> =
            names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that cannot be removed is no failure of the test.
        let _ = fs::remove_dir_all(&self.0);
    }
}
