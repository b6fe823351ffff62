//! The parts of a `Cargo.toml` that say where code lies and what it depends on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// The crates and dependencies of a package.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    pub(crate) name: String,
    /// The name by which Rust code imports the library.
    pub(crate) library: String,
    /// The root of the library, from the folder of the package.
    pub(crate) library_path: PathBuf,
    /// The other crates by name: binaries and the build script.
    pub(crate) binaries: Vec<(String, PathBuf)>,
    /// The tests and benches that are named, which may lie outside of the folder.
    pub(crate) test_paths: Vec<PathBuf>,
    pub(crate) dependencies: BTreeSet<String>,
    pub(crate) test_dependencies: BTreeSet<String>,
}

impl Manifest {
    /// Returns nothing for a manifest without a package.
    pub(crate) fn parse(text: &str) -> Result<Option<Manifest>, toml::de::Error> {
        let table: Table = text.parse()?;
        let Some(name) = text_at(table.get("package"), "name") else { return Ok(None) };
        let library = text_at(table.get("lib"), "name").unwrap_or_else(|| name.replace('-', "_"));
        let library_path = text_at(table.get("lib"), "path").unwrap_or("src/lib.rs".to_owned());
        let build = text_at(table.get("package"), "build").unwrap_or("build.rs".to_owned());
        let mut binaries = vec![("build".to_owned(), build.into())];
        for target in targets(&table, "bin") {
            let name = text_at(Some(target), "name").unwrap_or_default();
            let path = text_at(Some(target), "path");
            let path = path.map_or_else(|| format!("src/bin/{name}.rs").into(), PathBuf::from);
            binaries.push((name, path));
        }
        if !binaries.iter().any(|(_, path)| path == Path::new("src/main.rs")) {
            binaries.push((name.clone(), "src/main.rs".into()));
        }
        let tests = ["test", "bench"].into_iter().flat_map(|kind| targets(&table, kind));
        Ok(Some(Manifest {
            library,
            library_path: library_path.into(),
            binaries,
            test_paths: tests
                .filter_map(|target| text_at(Some(target), "path"))
                .map(Into::into)
                .collect(),
            dependencies: dependencies(&table, &["dependencies", "build-dependencies"]),
            test_dependencies: dependencies(&table, &["dev-dependencies"]),
            name,
        }))
    }
}

fn targets<'a>(table: &'a Table, kind: &str) -> impl Iterator<Item = &'a Value> {
    table.get(kind).and_then(Value::as_array).into_iter().flatten()
}

fn text_at(value: Option<&Value>, key: &str) -> Option<String> {
    value?.get(key)?.as_str().map(str::to_owned)
}

fn dependencies(table: &Table, kinds: &[&str]) -> BTreeSet<String> {
    let platforms = table.get("target").and_then(Value::as_table).into_iter();
    let tables = platforms.flat_map(Table::values).filter_map(Value::as_table);
    let all = [table].into_iter().chain(tables);
    all.flat_map(|table| kinds.iter().filter_map(|kind| table.get(*kind)?.as_table()))
        .flat_map(|named| named.keys().cloned())
        .collect()
}
