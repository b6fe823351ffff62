//! The handlers' source, and copies of the part of it that a mutation changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::patch::Patch;

/// The files that a mutant does not run, because they belong to a deployed function.
const LEFT_OUT: [&str; 3] = ["lib", "deploy", "log"];

/// The module that holds the base and all mutants.
const ROOT: &str = "crate::mutants";

/// The types that a caller of the handlers builds, each with its module.
const PUBLIC: [(&str, &str); 5] = [
    ("broadcast", "Broadcast"),
    ("connect", "Connect"),
    ("disconnect", "Disconnect"),
    ("fallback", "Fallback"),
    ("settings", "Settings"),
];

/// The handlers' source.
#[derive(Debug)]
pub(crate) struct Source {
    /// The text of each file, by its path in the folder.
    files: BTreeMap<PathBuf, String>,
}

impl Source {
    /// Reads a folder of source, without its tests and without [`LEFT_OUT`].
    pub(crate) fn read(folder: &Path) -> Result<Source, String> {
        let mut files = BTreeMap::new();
        collect(folder, Path::new(""), &mut files)?;
        Ok(Source { files })
    }

    /// Writes all files as the module `base`.
    pub(crate) fn write_base(&self, root: &Path) -> Result<(), String> {
        let all = self.modules();
        self.write_copy("base", &all, None, root)?;
        let modules = all.iter().map(|name| format!("pub(super) mod {name};\n"));
        write(&root.join("base/mod.rs"), &module(modules, "base"))
    }

    /// Writes a module with the mutated file, and with every module that depends on it. The other
    /// modules come from `base`, without a copy.
    pub(crate) fn write_mutant(&self, patch: &Patch, root: &Path) -> Result<(), String> {
        let name = patch.module_name();
        let (file, changed) = self.mutate(patch)?;
        let copied = self.dependents(module_of(&file));
        self.write_copy(&name, &copied, Some((&file, &changed)), root)?;
        let modules = self.modules().into_iter().map(|module| {
            if copied.contains(module) {
                format!("mod {module};\n")
            } else {
                format!("pub(super) use super::base::{module};\n")
            }
        });
        write(&root.join(&name).join("mod.rs"), &module(modules, &name))
    }

    /// Returns the file that a patch changes, and its text after the change.
    fn mutate(&self, patch: &Patch) -> Result<(PathBuf, String), String> {
        let known = patch.file().strip_prefix("handlers/src/").map(PathBuf::from);
        let found = known.and_then(|file| Some((self.files.get(&file)?, file)));
        let (text, file) = found.ok_or_else(|| {
            format!("the mutation {} changes {}, which is no handler", patch.name, patch.file())
        })?;
        Ok((file, patch.apply(text)?))
    }

    fn write_copy(
        &self,
        name: &str,
        modules: &BTreeSet<&str>,
        changed: Option<(&Path, &str)>,
        root: &Path,
    ) -> Result<(), String> {
        let own = self.files.iter().filter(|(file, _)| modules.contains(module_of(file)));
        for (file, text) in own {
            let text = match changed {
                Some((changed, text)) if changed == file => text,
                _ => text,
            };
            let text = text.replace("crate::", &format!("{ROOT}::{name}::"));
            write(&root.join(name).join(file), &text)?;
        }
        Ok(())
    }

    fn modules(&self) -> BTreeSet<&str> {
        self.files.keys().map(|file| module_of(file)).collect()
    }

    /// Returns a module, and every module that depends on it, directly or not.
    fn dependents<'a>(&'a self, module: &'a str) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::from([module]);
        loop {
            let before = found.len();
            for (file, text) in &self.files {
                if uses(text).any(|used| found.contains(used)) {
                    found.insert(module_of(file));
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }
}

/// Returns the text of a module of handlers, with the function that starts them.
fn module(modules: impl Iterator<Item = String>, name: &str) -> String {
    let public = PUBLIC.map(|(module, item)| format!("use self::{module}::{item};\n"));
    let start = format!("\ncrate::handlers_start!({ROOT}::{name});\n");
    modules.chain(public).chain([start]).collect()
}

/// Returns the modules of the crate that a text names.
fn uses(text: &str) -> impl Iterator<Item = &str> {
    let names = text.split("crate::").skip(1);
    names.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""))
}

/// Returns the module of the crate that a file belongs to.
fn module_of(file: &Path) -> &str {
    let first = file.iter().next().and_then(|name| name.to_str()).unwrap_or_default();
    first.strip_suffix(".rs").unwrap_or(first)
}

fn collect(
    folder: &Path,
    inside: &Path,
    files: &mut BTreeMap<PathBuf, String>,
) -> Result<(), String> {
    let here = folder.join(inside);
    let problem = |error| format!("{}: {error}", here.display());
    for entry in fs::read_dir(&here).map_err(problem)? {
        let entry = entry.map_err(problem)?;
        let file = inside.join(entry.file_name());
        let is_folder = entry.file_type().map_err(problem)?.is_dir();
        if LEFT_OUT.contains(&module_of(&file)) || file.starts_with("bin") {
            continue;
        }
        if is_folder {
            collect(folder, &file, files)?;
        } else {
            let text = fs::read_to_string(entry.path()).map_err(problem)?;
            // The tests of the handlers would fail on their mutants.
            let code = text.split("\n#[cfg(test)]\n").next().unwrap_or_default();
            files.insert(file, format!("{}\n", code.trim_end()));
        }
    }
    Ok(())
}

/// Writes a file, and creates its folder.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let problem = |error| format!("{}: {error}", path.display());
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder).map_err(problem)?;
    fs::write(path, text).map_err(problem)
}
