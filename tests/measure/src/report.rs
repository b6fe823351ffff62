//! Everything that is measured, as text.

use std::fmt::Write;

use crate::docs::DocBlock;
use crate::packages::PackageArrows;
use crate::rooms::{Arrows, Rooms};
use crate::tables;
use crate::types::{TypeName, shared_names};
use crate::workspace::{Package, Workspace};

/// The files that are listed for their openings.
const WORST_FILES: usize = 15;

/// Prints the tables of a workspace; those of its test packages too if `with_tests`.
pub fn tables(workspace: &Workspace, with_tests: bool) -> String {
    let packages: Vec<&Package> =
        workspace.packages.values().filter(|package| with_tests || !package.is_test).collect();
    let all: Vec<&Package> = workspace.packages.values().collect();
    let parts = [
        format!("Files and functions\n{}", tables::sizes(&packages)),
        format!("Types\n{}", tables::types(&packages)),
        format!("Documentation, tests included\n{}", tables::prose(&packages, &all)),
        format!("Files with the most wh-openings\n{}", worst_files(&all)),
        format!("Layout\n{}", tables::layout(&packages)),
        format!("Rooms\n{}", tables::rooms(&packages)),
        format!("Packages\n{}", package_arrows(workspace)),
    ];
    parts.join("\n")
}

/// Prints the rooms of a package and their circles.
pub fn arrows(package: &Package) -> String {
    let rooms = Rooms::of(package);
    let mut text = lines(&rooms.arrows);
    for circle in rooms.circles() {
        let names: Vec<&str> = circle.iter().map(String::as_str).collect();
        let _ = writeln!(text, "\ncircle of {}: {}", circle.len(), names.join(", "));
        for (from, targets) in rooms.arrows.iter().filter(|(from, _)| circle.contains(*from)) {
            for (to, place) in targets.iter().filter(|(to, _)| circle.contains(*to)) {
                let _ = writeln!(text, "  {from} -> {to}  {place}");
            }
        }
    }
    text
}

/// Prints the wh-openings, participles and shared public names of a package.
pub fn words(package: &Package) -> String {
    let mut text = String::new();
    for block in package.files.values().flat_map(DocBlock::all) {
        if block.opens_with_wh() {
            let _ = writeln!(text, "{}: {}", block.place, block.text.replace('\n', " "));
        }
    }
    let types = TypeName::all(package);
    for found in types.iter().filter(|found| found.is_participle()) {
        let _ = writeln!(text, "{}: type {}", found.place, found.name);
    }
    for (name, places) in shared_names(types.iter().filter(|found| found.is_public)) {
        for place in places {
            let _ = writeln!(text, "{place}: public type {name}, one of several");
        }
    }
    text
}

fn lines(arrows: &Arrows) -> String {
    let mut text = String::new();
    for (from, targets) in arrows {
        let names: Vec<&str> = targets.keys().map(String::as_str).collect();
        let _ = writeln!(text, "{}", format!("{from} -> {}", names.join(", ")).trim_end());
    }
    text
}

fn worst_files(packages: &[&Package]) -> String {
    let files = packages.iter().flat_map(|package| package.files.values());
    let openings = |file| DocBlock::all(file).iter().filter(|block| block.opens_with_wh()).count();
    let mut counted: Vec<_> = files.map(|file| (openings(file), &file.path)).collect();
    counted.sort_by(|one, two| two.cmp(one));
    let mut text = String::new();
    for (count, path) in counted.iter().take(WORST_FILES) {
        let _ = writeln!(text, "{count:4}  {}", path.display());
    }
    text
}

fn package_arrows(workspace: &Workspace) -> String {
    let drawn = PackageArrows::of(workspace);
    let mut text = lines(&drawn.arrows);
    for sentence in drawn.disagreements {
        let _ = writeln!(text, "{sentence}");
    }
    text
}
