//! The packages of a workspace, found by their manifests.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::{fmt, fs};

use crate::manifest::Manifest;
use crate::source::SourceFile;

/// The folders that hold tests and what else does not ship.
const TEST_FOLDERS: [&str; 4] = ["tests", "benches", "examples", "fuzz"];

/// The packages below a folder.
#[derive(Debug)]
pub struct Workspace {
    /// The packages, by name.
    pub packages: BTreeMap<String, Package>,
}

/// A package and its files.
#[derive(Debug)]
pub struct Package {
    /// The name in `Cargo.toml`.
    pub name: String,
    /// The folder, from the root of the workspace.
    pub folder: PathBuf,
    /// Says that the package itself lies in a folder of tests.
    pub is_test: bool,
    /// The files, by path.
    pub files: BTreeMap<PathBuf, SourceFile>,
    pub(crate) manifest: Manifest,
}

/// A file that cannot be read or parsed.
#[derive(Debug)]
pub struct MeasureError {
    path: PathBuf,
    reason: String,
}

impl Workspace {
    /// Reads every package below `root`.
    pub fn read(root: &Path) -> Result<Workspace, MeasureError> {
        let paths = paths(root)?;
        let mut packages = BTreeMap::new();
        for path in paths.iter().filter(|path| path.ends_with("Cargo.toml")) {
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            let manifest = Manifest::parse(&read(root, path)?);
            if let Some(manifest) = manifest.map_err(|error| MeasureError::new(path, &error))? {
                packages.insert(folder.clone(), Package::new(manifest, folder));
            }
        }
        if packages.is_empty() {
            let reason = "no package is in this folder";
            return Err(MeasureError { path: root.to_owned(), reason: reason.to_owned() });
        }
        for path in paths.iter().filter(|path| path.extension() == Some(OsStr::new("rs"))) {
            let nearest = path.ancestors().skip(1).find(|folder| packages.contains_key(*folder));
            if let Some(package) = nearest.and_then(|folder| packages.get_mut(folder)) {
                package.add(path, read(root, path)?)?;
            }
        }
        let named = |package: Package| (package.name.clone(), package);
        Ok(Workspace { packages: packages.into_values().map(named).collect() })
    }
}

impl Package {
    fn new(manifest: Manifest, folder: PathBuf) -> Package {
        let is_test = is_below_tests(&folder);
        let name = manifest.name.clone();
        Package { name, folder, is_test, files: BTreeMap::new(), manifest }
    }

    fn add(&mut self, path: &Path, text: String) -> Result<(), MeasureError> {
        let inside = path.strip_prefix(&self.folder).unwrap_or(path);
        let is_test = !self.is_test && (is_below_tests(inside) || inside.ends_with("tests.rs"));
        let file = SourceFile::parse(path.to_owned(), text, is_test).map_err(|error| {
            let line = error.span().start().line;
            MeasureError { path: path.to_owned(), reason: format!("line {line}: {error}") }
        })?;
        self.files.insert(path.to_owned(), file);
        Ok(())
    }

    /// The files that hold code, in the order of their paths.
    pub fn code(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.values().filter(|file| !file.is_test)
    }
}

#[cfg(test)]
impl Package {
    /// A package `example` at the root of the workspace, with these files below `src`.
    pub(crate) fn example(files: &[(&str, &str)]) -> Package {
        let manifest = Manifest::parse("package.name = 'example'").expect("TOML");
        let mut package = Package::new(manifest.expect("a package"), PathBuf::new());
        for (path, text) in files {
            package.add(&Path::new("src").join(path), (*text).to_owned()).expect("Rust");
        }
        package
    }
}

impl MeasureError {
    fn new(path: &Path, reason: &dyn fmt::Display) -> MeasureError {
        let reason = reason.to_string().lines().next().unwrap_or_default().to_owned();
        MeasureError { path: path.to_owned(), reason }
    }
}

impl fmt::Display for MeasureError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for MeasureError {}

fn is_below_tests(path: &Path) -> bool {
    path.components().any(|part| match part {
        Component::Normal(name) => TEST_FOLDERS.iter().any(|folder| name == *folder),
        _ => false,
    })
}

fn read(root: &Path, path: &Path) -> Result<String, MeasureError> {
    fs::read_to_string(root.join(path)).map_err(|error| MeasureError::new(path, &error))
}

/// Lists all files below `root` in order, without hidden folders and what a build left.
fn paths(root: &Path) -> Result<Vec<PathBuf>, MeasureError> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let failure = |error| MeasureError::new(&root.join(&folder), &error);
        for entry in fs::read_dir(root.join(&folder)).map_err(failure)? {
            let entry = entry.map_err(failure)?;
            let name = entry.file_name();
            if name == "target" || name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let is_folder = entry.file_type().map_err(failure)?.is_dir();
            let list = if is_folder { &mut folders } else { &mut files };
            list.push(folder.join(name));
        }
    }
    files.sort();
    Ok(files)
}
