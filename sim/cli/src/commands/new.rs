//! `cargo sim new`: writes a package with a small service, its bug, and its tests.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::arguments::NewArguments;
use crate::outcome::{Outcome, SimError};
use crate::output::say;

/// The manifest of the package, without its name and the sources of [`CRATES`]. Cargo leaves a
/// folder with a `Cargo.toml` out of a package, so the file has another name here.
const MANIFEST: &str = include_str!("../../template/manifest.toml");

/// The other files of the package, with their paths in it.
const FILES: [(&str, &str); 6] = [
    ("README.md", include_str!("../../template/README.md")),
    (".gitignore", "/target\n"),
    ("src/lib.rs", include_str!("../../template/src/lib.rs")),
    ("examples/sim.rs", include_str!("../../template/examples/sim.rs")),
    ("tests/promises.rs", include_str!("../../template/tests/promises.rs")),
    ("tests/app/mod.rs", include_str!("../../template/tests/app/mod.rs")),
];

/// The crates that the manifest names, with their folders in a checkout of the repository.
const CRATES: [(&str, &str); 3] =
    [("stormglass", "sim/cli"), ("stormglass-sim", "sim"), ("stormglass-spec", "spec")];

/// Writes the package into a new folder. Nothing that exists is changed.
pub(crate) fn new(arguments: &NewArguments) -> Result<Outcome, SimError> {
    let NewArguments { folder, .. } = arguments;
    let name = package_name(arguments)?;
    let manifest = manifest(&name, &Origin::of(arguments)?);
    create_folder(folder)?;
    if let Err(error) = write_all(folder, &manifest) {
        // The folder is new, and half a package is of no use.
        let _ = fs::remove_dir_all(folder);
        return Err(SimError::io(format!("cannot write {}", folder.display()))(error));
    }
    say!("CREATED {}: a box office with a bug, for your own service to replace", folder.display());
    say!("next     cd {} && cargo run --example sim -- explore", folder.display());
    say!("then     README.md has the mend, and where your own functions go");
    Ok(Outcome::Held)
}

/// The place from which the package gets the crates of Stormglass.
enum Origin<'a> {
    /// The registry of Cargo.
    Registry,
    /// A repository of Git.
    Git(&'a str),
    /// A checkout on this machine, by its absolute path.
    Checkout(PathBuf),
}

impl Origin<'_> {
    fn of(arguments: &NewArguments) -> Result<Origin<'_>, SimError> {
        if let Some(url) = &arguments.git {
            return Ok(Origin::Git(url));
        }
        let Some(checkout) = &arguments.path else { return Ok(Origin::Registry) };
        for (_, folder) in CRATES {
            let manifest = checkout.join(folder).join("Cargo.toml");
            if !manifest.is_file() {
                let checkout = checkout.display();
                let message =
                    format!("{checkout} is no checkout of Stormglass: it has no {folder}");
                return Err(SimError::Usage(message));
            }
        }
        let absolute = std::path::absolute(checkout);
        let unknown = SimError::io("cannot find the current directory");
        absolute.map(Origin::Checkout).map_err(unknown)
    }

    /// Returns the members of the table of a dependency.
    fn dependency(&self, folder: &str) -> String {
        // A string of JSON is a string of TOML as well.
        match self {
            Origin::Registry => format!("version = {}", json!(env!("CARGO_PKG_VERSION"))),
            Origin::Git(url) => format!("git = {}", json!(url)),
            Origin::Checkout(checkout) => {
                format!("path = {}", json!(checkout.join(folder).display().to_string()))
            }
        }
    }
}

/// Returns the manifest of a package of this name.
fn manifest(name: &str, origin: &Origin<'_>) -> String {
    let mut text = MANIFEST.replacen("NAME", &json!(name).to_string(), 1);
    for (package, folder) in CRATES {
        let line = |members: &str| format!("{package} = {{ {members} }}");
        text = text.replacen(&line("SOURCE"), &line(&origin.dependency(folder)), 1);
    }
    text
}

/// Returns the name of the package: the one that the user gave, or that of the folder.
fn package_name(arguments: &NewArguments) -> Result<String, SimError> {
    let folder = arguments.folder.file_name().unwrap_or_default().to_string_lossy();
    let name = arguments.name.clone().unwrap_or_else(|| folder.into_owned());
    let remedy = if arguments.name.is_some() { "" } else { ": `--name` gives it another one" };
    let refused = |reason: &str| {
        SimError::Usage(format!("{name:?} cannot be the name of a package: {reason}{remedy}"))
    };
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.chars().all(is_allowed) || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(refused("it has ASCII letters, digits, `-` and `_`, and begins with a letter"));
    }
    Ok(name)
}

/// Creates the folder of the package, and those above it.
fn create_folder(folder: &Path) -> Result<(), SimError> {
    let above = folder.parent().map_or(Ok(()), fs::create_dir_all);
    above.and_then(|()| fs::create_dir(folder)).map_err(|error| {
        let folder = folder.display();
        match error.kind() {
            ErrorKind::AlreadyExists => {
                SimError::Usage(format!("{folder} exists already, and is left as it is"))
            }
            _ => SimError::io(format!("cannot create {folder}"))(error),
        }
    })
}

fn write_all(folder: &Path, manifest: &str) -> io::Result<()> {
    for (path, text) in [&[("Cargo.toml", manifest)][..], &FILES].concat() {
        let path = folder.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_of(folder: &str, name: Option<&str>) -> Result<String, String> {
        let arguments = NewArguments {
            folder: folder.into(),
            name: name.map(str::to_owned),
            path: None,
            git: None,
        };
        package_name(&arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn a_package_is_named_like_its_folder_unless_it_has_another_name() {
        assert_eq!(name_of("/home/ana/box-office", None), Ok("box-office".to_owned()));
        assert_eq!(name_of("../2026", Some("seats_1")), Ok("seats_1".to_owned()));
    }

    #[test]
    fn a_name_that_cargo_refuses_is_refused_before_anything_is_written() {
        for (folder, name) in [("2026", None), ("box office", None), ("..", None), ("a", Some(""))]
        {
            let error = name_of(folder, name).expect_err("no name of a package");
            assert!(error.contains("it has ASCII letters, digits"), "{error}");
            assert_eq!(error.contains("`--name`"), name.is_none(), "{error}");
        }
    }

    #[test]
    fn a_manifest_has_its_name_and_the_crates_of_its_origin() {
        for (origin, line) in [
            (
                Origin::Registry,
                concat!("stormglass-sim = { version = \"", env!("CARGO_PKG_VERSION"), "\" }"),
            ),
            (Origin::Git("https://x.test/y"), r#"stormglass-sim = { git = "https://x.test/y" }"#),
            (Origin::Checkout("/a \"b\"".into()), r#"stormglass-sim = { path = "/a \"b\"/sim" }"#),
        ] {
            let manifest = manifest("box-office", &origin);
            assert!(manifest.lines().any(|it| it == line), "{manifest}");
            assert!(manifest.starts_with("[package]\nname = \"box-office\"\n"), "{manifest}");
            assert!(!manifest.contains("SOURCE"), "{manifest}");
        }
    }
}
