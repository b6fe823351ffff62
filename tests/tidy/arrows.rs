//! Imports between packages are those of the manifests, and those between rooms form no circles.
//!
//! `cargo run -q -p stormglass-measure -- --arrows PACKAGE` shows each circle with its imports.

use std::collections::BTreeMap;

use stormglass_measure::{PackageArrows, Rooms, Workspace};

use crate::ceilings::{Ceilings, Unit};
use crate::root;

/// Cargo lets no arrows run in a circle, so what is left to test is that every arrow is needed.
#[test]
fn packages_depend_on_the_packages_that_they_import() {
    let workspace = Workspace::read(&root()).expect("a workspace");
    let PackageArrows { arrows, disagreements } = PackageArrows::of(&workspace);
    assert!(arrows.values().any(|targets| !targets.is_empty()), "no package imports another");
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}

#[test]
fn rooms_lie_in_no_circles() {
    let workspace = Workspace::read(&root()).expect("a workspace");
    let packages = workspace.packages.values();
    let measured: BTreeMap<String, usize> =
        packages.map(|package| (package.name.clone(), Rooms::of(package).in_circles())).collect();
    Ceilings::read("circles", Unit::Count).hold(&measured);
}
