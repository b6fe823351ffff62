//! Workspaces to run the program in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use crate::folder::Folder;

const MANIFEST: &str = "[workspace]\n";

/// A folder that the program recognises as a workspace, with its own `target/sim`.
pub(super) struct Workspace {
    root: PathBuf,
    /// The guard that removes the folder, if the workspace belongs to one test.
    _folder: Option<Folder>,
}

impl Workspace {
    /// Creates a workspace for one test, which is removed with it.
    pub(super) fn new(name: &str) -> Workspace {
        let workspace = Workspace::without_manifest(name);
        workspace.write("Cargo.toml", MANIFEST);
        workspace
    }

    /// Creates a folder that is no workspace, and in none.
    pub(super) fn without_manifest(name: &str) -> Workspace {
        let folder = Folder::new(name);
        Workspace { root: folder.0.clone(), _folder: Some(folder) }
    }

    /// Returns the workspace that tests share if they need none of their own.
    pub(super) fn shared() -> Workspace {
        static SHARED: LazyLock<PathBuf> = LazyLock::new(|| {
            let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli");
            fs::create_dir_all(&root).expect("a folder for tests");
            fs::write(root.join("Cargo.toml"), MANIFEST).expect("a manifest");
            root
        });
        Workspace { root: SHARED.clone(), _folder: None }
    }

    pub(super) fn sim(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program runs")
    }

    /// Returns the program, without the environment variables of a GitHub workflow that may run
    /// these tests, and of colours.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stormglass-apps"));
        command.args(arguments).current_dir(&self.root);
        for variable in
            ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "CLICOLOR", "CLICOLOR_FORCE", "NO_COLOR"]
        {
            command.env_remove(variable);
        }
        command
    }

    pub(super) fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    pub(super) fn read(&self, inside: &str) -> String {
        let path = self.path(inside);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub(super) fn write(&self, inside: &str, text: &str) {
        let path = self.path(inside);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        fs::write(path, text).expect("a file");
    }

    /// Returns the names of all files in a folder.
    pub(super) fn list(&self, inside: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(inside)).into_iter().flatten();
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<String> =
            names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}
