//! The imports between packages, beside the dependencies of their manifests.

use std::collections::BTreeMap;

use syn::Item;

use crate::imports::imports;
use crate::place::Place;
use crate::rooms::Arrows;
use crate::source::SourceFile;
use crate::workspace::{Package, Workspace};

/// The mark of a package whose build script writes code, in which any dependency may be named.
const GENERATED: &str = "env!(\"OUT_DIR\")";

/// The imports between the packages of a workspace.
#[derive(Clone, Debug, Default)]
pub struct PackageArrows {
    /// The imports in the code of each package; a package that imports none is there as well.
    pub arrows: Arrows,
    /// The differences between imports and manifests, as sentences.
    pub disagreements: Vec<String>,
}

impl PackageArrows {
    /// Draws the imports of all packages.
    pub fn of(workspace: &Workspace) -> PackageArrows {
        let libraries: BTreeMap<&str, &str> = workspace
            .packages
            .values()
            .map(|package| (package.manifest.library.as_str(), package.name.as_str()))
            .collect();
        let mut drawn = PackageArrows::default();
        for package in workspace.packages.values() {
            let mut arrows = BTreeMap::new();
            for file in package.code() {
                for (to, line) in named(package, file, &libraries) {
                    let place = Place { file: file.path.clone(), line };
                    arrows.entry(to.to_owned()).or_insert(place);
                }
            }
            drawn.compare(workspace, package, &arrows);
            drawn.arrows.insert(package.name.clone(), arrows);
        }
        drawn
    }

    fn compare(
        &mut self,
        workspace: &Workspace,
        package: &Package,
        arrows: &BTreeMap<String, Place>,
    ) {
        let (name, manifest) = (&package.name, &package.manifest);
        let ours = |other: &&String| workspace.packages.contains_key(*other);
        let is_whole = !package.code().any(|file| file.text.contains(GENERATED));
        for other in manifest.dependencies.iter().filter(ours) {
            if is_whole && !arrows.contains_key(other) {
                self.disagreements.push(format!("{name} depends on {other}, which it never names"));
            }
        }
        for other in manifest.test_dependencies.iter().filter(ours) {
            if !is_in_tests(workspace, package, other) {
                let text = format!("{name} tests with {other}, which no test of it names");
                self.disagreements.push(text);
            }
        }
        for (other, place) in arrows {
            let is_for_tests = package.is_test && manifest.test_dependencies.contains(other);
            if !manifest.dependencies.contains(other) && !is_for_tests {
                let text = format!("{place} names {other}, which {name} does not depend on");
                self.disagreements.push(text);
            }
        }
    }
}

/// Lists the other packages that the code of a file names.
///
/// A module of the same name hides a package. A lone name in a macro may be anything, so it counts
/// only if the package depends on it.
fn named<'a>(
    package: &Package,
    file: &SourceFile,
    libraries: &BTreeMap<&str, &'a str>,
) -> Vec<(&'a str, usize)> {
    let is_module = |name: &str| {
        let mut items = file.code.items.iter();
        items.any(|item| matches!(item, Item::Mod(module) if module.ident == name))
    };
    let found = imports(&file.code).into_iter().filter_map(|import| {
        let first = import.segments.first().filter(|name| !is_module(name))?;
        let to = *libraries.get(first.as_str())?;
        let is_certain = import.segments.len() > 1 || package.manifest.dependencies.contains(to);
        (to != package.name && is_certain).then_some((to, import.line))
    });
    found.collect()
}

/// Looks for the name in the text, as examples in documentation use it too.
fn is_in_tests(workspace: &Workspace, package: &Package, other: &str) -> bool {
    let outside = package.manifest.test_paths.iter().filter_map(|path| path.parent());
    let folders: Vec<&str> =
        outside.filter_map(|folder| folder.to_str()?.rsplit("../").next()).collect();
    let library = workspace.packages.get(other).map_or(other, |other| &other.manifest.library);
    let path = format!("{library}::");
    workspace.packages.values().flat_map(|package| package.files.values()).any(|file| {
        let is_ours = file.path.starts_with(&package.folder)
            || folders.iter().any(|folder| file.path.starts_with(folder));
        is_ours && file.text.contains(&path)
    })
}
