//! Documentation and names stay within the ceilings of their package.
//!
//! `cargo run -q -p stormglass-measure -- --words PACKAGE` lists every place.

use std::collections::{BTreeMap, BTreeSet};

use stormglass_measure::{Package, Prose, TypeName, Workspace, shared_names};

use crate::ceilings::{Ceilings, Unit};
use crate::root;

fn of_packages(figure: impl Fn(&Package) -> usize) -> BTreeMap<String, usize> {
    let workspace = Workspace::read(&root()).expect("a workspace");
    assert!(workspace.packages.len() > 5, "only {} packages", workspace.packages.len());
    workspace.packages.iter().map(|(name, package)| (name.clone(), figure(package))).collect()
}

#[test]
fn documentation_begins_with_nouns_and_verbs() {
    let measured = of_packages(|package| Prose::of(package).wh_tenths());
    Ceilings::read("wh-openings", Unit::Tenth).hold(&measured);
}

#[test]
fn types_are_named_by_nouns() {
    let measured = of_packages(|package| {
        TypeName::all(package).iter().filter(|found| found.is_participle()).count()
    });
    Ceilings::read("participles", Unit::Count).hold(&measured);
}

#[test]
fn public_types_share_no_names_within_a_package() {
    let measured = of_packages(|package| {
        let types = TypeName::all(package);
        let shared = shared_names(types.iter().filter(|found| found.is_public));
        shared.values().map(BTreeSet::len).sum()
    });
    Ceilings::read("shared-names", Unit::Count).hold(&measured);
}
