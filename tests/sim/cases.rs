//! The cases that are kept in `tests/cases`: the production handlers hold in each of them.

use std::fs;
use std::path::{Path, PathBuf};

use stormglass_apps::STORMGLASS;
use stormglass_apps::Tutorial;
use stormglass_sim::report::kept::{self, FolderError};

#[test]
fn the_production_handlers_hold_in_every_case_that_is_kept() -> Result<(), FolderError> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");
    assert!(kept::replay_all(&STORMGLASS, folder)? >= 7);
    Ok(())
}

/// A folder of its own with these files, which is gone in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Folder {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).expect("a folder");
        for (name, text) in files {
            fs::write(folder.join(name), text).expect("a file");
        }
        Folder(folder)
    }

    /// Returns the error of a replay, without the name of the folder.
    fn error(&self) -> String {
        let error = kept::replay_all(&Tutorial, &self.0).expect_err("something is wrong");
        error.to_string().replace(&self.0.display().to_string(), "FOLDER")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).expect("a folder");
    }
}

#[test]
fn the_cases_of_a_folder_are_those_whose_names_say_so_in_order() {
    let files = [("b.case", "v1 bob:c"), ("a.case", "# why\nv1 ana:c"), ("README.md", "no case")];
    let folder = Folder::new("in-order", &files);
    let cases = kept::folder(&folder.0).expect("a folder of cases");
    let texts: Vec<String> = cases.iter().map(|(_, case)| case.to_string()).collect();
    assert_eq!(texts, ["v1 ana:c", "v1 bob:c"]);
    assert_eq!(cases[0].0.file_name(), Some("a.case".as_ref()));
    assert_eq!(kept::replay_all(&Tutorial, &folder.0).expect("both hold"), 2);
}

#[test]
fn a_case_that_breaks_a_promise_is_named_with_its_story() {
    let race = r#"v1 ana:c bob:c,i200ms,b"hi" | bob.b1.scan-1=stale"#;
    let error = Folder::new("broken", &[("race.case", race)]).error();
    assert!(error.starts_with("FOLDER/race.case:\nFAILED  delivered  (always)"), "{error}");
}

#[test]
fn a_case_whose_deviations_never_come_up_is_named() {
    let error = Folder::new("unmet", &[("old.case", "v1 ana:c | bob.c1.up=after1")]).error();
    assert_eq!(
        error,
        "FOLDER/old.case: never came up: bob.c1.up=after1; the handlers go another way now, so \
         mend the case or drop it"
    );
}

#[test]
fn a_folder_that_holds_no_case_is_an_error() {
    let folder = Folder::new("empty", &[("README.md", "")]);
    assert_eq!(folder.error(), "FOLDER holds no file whose name ends in `.case`");
    let folder = Folder::new("broken-text", &[("x.case", "v1 Ana:c")]);
    assert!(folder.error().starts_with("FOLDER/x.case: "), "{}", folder.error());
    let missing = Path::new(env!("CARGO_TARGET_TMPDIR")).join("missing");
    let error = kept::replay_all(&Tutorial, missing).expect_err("there is none").to_string();
    assert!(error.starts_with("cannot read "), "{error}");
}
