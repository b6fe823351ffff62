//! `cargo sim new`, as far as it can be tested without a build; `tests/new` builds its package.

use super::workspace::Workspace;
use super::{stderr, stdout};

#[test]
fn a_package_is_written_with_all_of_its_files() {
    let workspace = Workspace::new("new-files");
    let output = workspace.sim(&["new", "services/box-office"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let next = "\nnext     cd services/box-office && cargo run --example sim -- explore\n";
    assert!(stdout(&output).contains(next), "{}", stdout(&output));
    let files = [".gitignore", "Cargo.toml", "README.md", "examples", "src", "tests"];
    assert_eq!(workspace.list("services/box-office"), files);
    let manifest = workspace.read("services/box-office/Cargo.toml");
    assert!(manifest.starts_with("[package]\nname = \"box-office\"\n"), "{manifest}");
    assert!(manifest.contains("\nstormglass = { version = \""), "{manifest}");
}

#[test]
fn what_exists_is_left_as_it_is() {
    let workspace = Workspace::new("new-exists");
    workspace.write("mine/README.md", "mine\n");
    let output = workspace.sim(&["new", "mine"]);
    assert_eq!(stderr(&output), "error: mine exists already, and is left as it is\n");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(workspace.list("mine"), ["README.md"]);
    assert_eq!(workspace.read("mine/README.md"), "mine\n");
}

#[test]
fn wrong_use_writes_nothing() {
    let workspace = Workspace::new("new-wrong");
    for (arguments, message) in [
        (
            &["new", "2026"][..],
            "error: \"2026\" cannot be the name of a package: it has ASCII letters, digits, `-` \
             and `_`, and begins with a letter: `--name` gives it another one\n",
        ),
        (
            &["new", "chess", "--path", "."],
            "error: . is no checkout of Stormglass: it has no sim/cli\n",
        ),
    ] {
        let output = workspace.sim(arguments);
        assert_eq!(stderr(&output), message);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    let both = workspace.sim(&["new", "chess", "--path", ".", "--git", "https://x.test/y"]);
    assert_eq!(both.status.code(), Some(2), "{}", stderr(&both));
    assert_eq!(workspace.list("."), ["Cargo.toml"]);
}
