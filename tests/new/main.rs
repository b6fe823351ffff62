//! The package that `cargo sim new` writes, as its reader uses it: outside of this workspace, with
//! the commands of its own README.
//!
//! It is built with the crates of this workspace's lock file, without a network, in a folder that
//! stays: only the first run takes minutes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A new package.
struct Package {
    folder: PathBuf,
}

impl Package {
    fn new() -> Package {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new/box-office");
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("the package of the last run");
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_stormglass-apps"));
        let output = command.arg("new").arg(&folder).args(["--path", ROOT]).output();
        let output = output.expect("the program runs");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let lock = folder.join("Cargo.lock");
        fs::copy(Path::new(ROOT).join("Cargo.lock"), lock).expect("the lock file");
        Package { folder }
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Runs a command of the README.
    fn run(&self, command: &str) -> Output {
        assert!(self.read("README.md").contains(command), "the README does not name {command}");
        let words = command.strip_prefix("cargo ").expect("a command of Cargo");
        let cargo = std::env::var_os("CARGO").expect("Cargo runs the tests");
        let mut command = Command::new(cargo);
        command.args(words.split(' ')).current_dir(&self.folder);
        command.env("CARGO_NET_OFFLINE", "true");
        command.env("CARGO_TARGET_DIR", self.folder.with_file_name("target"));
        command.output().expect("Cargo runs")
    }

    /// Adds the line of the README to the function with the bug.
    fn mend(&self) {
        let readme = self.read("README.md");
        let (_, block) = readme.split_once("```rust\n").expect("the line of the mend");
        let (line, _) = block.split_once("```").expect("the end of the block");
        assert_eq!(line.lines().count(), 1, "{line}");
        let library = self.read("src/lib.rs");
        let put = library.find(".put_item()").expect("the call with the bug");
        let (before, after) = library.split_at(put);
        let send = "        .send()";
        let mended = format!("{before}{}", after.replacen(send, &format!("{line}{send}"), 1));
        fs::write(self.folder.join("src/lib.rs"), mended).expect("a file of the package");
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_new_package_has_a_bug_that_is_found_and_that_its_readme_mends() {
    let package = Package::new();
    let explore = "cargo run --example sim -- explore";
    let found = package.run(explore);
    assert_eq!(found.status.code(), Some(1), "{}{}", stdout(&found), stderr(&found));
    let report = stdout(&found);
    assert!(report.starts_with("FAILED  no-lost-update "), "{report}");
    assert!(report.contains("\nreplay   cargo run --quiet --example sim -- replay "), "{report}");

    let refused = package.run("cargo run --example sim -- serve");
    assert_eq!(refused.status.code(), Some(2), "{}", stderr(&refused));
    let remedy = "add `features = [\"serve\"]` to the dependency `stormglass` in its Cargo.toml";
    assert!(stderr(&refused).contains(remedy), "{}", stderr(&refused));

    package.mend();
    let held = package.run(explore);
    assert_eq!(held.status.code(), Some(0), "{}{}", stdout(&held), stderr(&held));
    let report = stdout(&held);
    assert!(report.starts_with("HELD    no promise broken in 2,000 seeds"), "{report}");
    let tested = package.run("cargo test");
    assert_eq!(tested.status.code(), Some(0), "{}{}", stdout(&tested), stderr(&tested));
    assert!(stdout(&tested).contains("test no_seed_breaks_a_promise ... ok"), "{tested:?}");
}
