//! Applies each mutation of the catalogue to a copy of the handlers' source, and writes the module
//! that holds them all.

mod patch;
mod source;

use std::path::Path;
use std::{env, fs, io};

use patch::Patch;
use source::Source;

/// The folder of the handlers' source, from this crate's own.
const HANDLERS: &str = "../../../handlers/src";

/// The folder of the patches.
const MUTATIONS: &str = "../mutations";

fn main() {
    for watched in [HANDLERS, MUTATIONS, "build"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    if let Err(problem) = generate() {
        println!("cargo::error={problem}");
    }
}

fn generate() -> Result<(), String> {
    let out = env::var("OUT_DIR").map_err(|error| format!("OUT_DIR: {error}"))?;
    let root = Path::new(&out).join("mutants");
    match fs::remove_dir_all(&root) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}", root.display()));
        }
        _ => {}
    }
    let source = Source::read(Path::new(HANDLERS))?;
    let patches = Patch::read_all(Path::new(MUTATIONS))?;
    source.write_base(&root)?;
    let mut modules = module("pub(super) mod base", &root.join("base"));
    let mut rows = String::new();
    for patch in &patches {
        source.write_mutant(patch, &root)?;
        let Patch { name, promise, mistake, .. } = patch;
        let (module_name, place) = (patch.module_name(), patch.file());
        modules += &module(&format!("mod {module_name}"), &root.join(&module_name));
        rows += &format!(
            "    Mutation {{ name: {name:?}, promise: {promise:?}, mistake: {mistake:?}, \
             file: {place:?}, start: {module_name}::start }},\n"
        );
    }
    let count = patches.len();
    let table = format!(
        "\n/// Every mutation, by promise and name.\n\
         pub(super) static ALL: [Mutation; {count}] = [\n{rows}];\n"
    );
    let index = format!("use crate::mutation::Mutation;\n\n{modules}{table}");
    source::write(&root.join("mod.rs"), &index)
}

fn module(declared: &str, folder: &Path) -> String {
    format!("#[path = {:?}]\n{declared};\n", folder.join("mod.rs"))
}
