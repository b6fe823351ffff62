//! The tables of the report.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::docs::DocBlock;
use crate::layout::Layout;
use crate::place::Place;
use crate::prose::Prose;
use crate::rooms::Rooms;
use crate::sizes::{Sizes, Spread};
use crate::table::Table;
use crate::types::{TypeName, shared_names};
use crate::workspace::Package;

/// The sizes of each package.
pub(crate) fn sizes(packages: &[&Package]) -> Table {
    let mut table = Table::new([
        "package",
        "files",
        "lines",
        "file p50/90/max",
        "fns",
        "fn p50/90/max",
        "fn>70",
        "doc",
        "//",
        "pub",
        ">5 params",
        "",
    ]);
    let mut row = |name: &str, sizes: &Sizes| {
        let lines = sizes.files.iter().sum::<usize>();
        table.add([
            name.to_owned(),
            sizes.files.len().to_string(),
            lines.to_string(),
            spread(&sizes.files),
            sizes.functions.len().to_string(),
            spread(&sizes.functions),
            sizes.long_functions().to_string(),
            share(sizes.doc_lines, sizes.doc_lines + sizes.code_lines),
            share(sizes.comment_lines, lines),
            sizes.public_items.to_string(),
            sizes.wide_functions.to_string(),
            share(sizes.wide_functions, sizes.functions.len()),
        ]);
    };
    let mut all = Sizes::default();
    for package in packages {
        let mut sizes = Sizes::default();
        package.code().for_each(|file| sizes.add(file));
        package.code().for_each(|file| all.add(file));
        row(&package.name, &sizes);
    }
    row("all", &all);
    table
}

/// The types of each package, and in all.
pub(crate) fn types(packages: &[&Package]) -> String {
    let mut table =
        Table::new(["package", "types", "one word", "shared", "public shared", "participles"]);
    let lists: Vec<Vec<TypeName>> = packages.iter().map(|package| TypeName::all(package)).collect();
    let everywhere = shared_names(lists.iter().flatten());
    let (mut names, mut public_in_all) = (String::new(), 0);
    for (package, types) in packages.iter().zip(&lists) {
        let shared = shared_names(types.iter().filter(|found| found.is_public));
        let public: usize = shared.values().map(BTreeSet::len).sum();
        public_in_all += public;
        table.add(type_cells(&package.name, types.iter(), &everywhere, public));
        if !shared.is_empty() {
            let list: Vec<&str> = shared.keys().copied().collect();
            let _ = writeln!(names, "public and shared in {}: {}", package.name, list.join(", "));
        }
    }
    table.add(type_cells("all", lists.iter().flatten(), &everywhere, public_in_all));
    format!("{table}{names}")
}

fn type_cells<'a>(
    name: &str,
    types: impl Iterator<Item = &'a TypeName> + Clone,
    everywhere: &BTreeMap<&str, BTreeSet<&Place>>,
    public: usize,
) -> [String; 6] {
    let total = types.clone().count();
    let one_word = types.clone().filter(|found| found.is_one_word()).count();
    let is_shared = |found: &&TypeName| everywhere.contains_key(found.name.as_str());
    let shared = types.clone().filter(is_shared).count();
    [
        name.to_owned(),
        total.to_string(),
        share(one_word, total),
        share(shared, total),
        public.to_string(),
        types.filter(|found| found.is_participle()).count().to_string(),
    ]
}

/// The wording of each package.
pub(crate) fn prose(packages: &[&Package], all: &[&Package]) -> Table {
    let mut table = Table::new(["package", "blocks", "wh", "", "words", "what/10k", "who../10k"]);
    let mut row = |name: &str, prose: &Prose| {
        let per_10k = |count: usize| (count * 10_000 / prose.words.max(1)).to_string();
        table.add([
            name.to_owned(),
            prose.blocks.to_string(),
            prose.wh_openings.to_string(),
            share(prose.wh_openings, prose.blocks),
            prose.words.to_string(),
            per_10k(prose.whats),
            per_10k(prose.nobodies),
        ]);
    };
    for package in packages {
        row(&package.name, &Prose::of(package));
    }
    let total = |packages: &[&Package]| {
        let mut prose = Prose::default();
        let files = packages.iter().flat_map(|package| package.files.values());
        files.flat_map(DocBlock::all).for_each(|block| prose.add(&block));
        prose
    };
    row("all", &total(packages));
    row("with test packages", &total(all));
    table
}

/// The layout of each package.
pub(crate) fn layout(packages: &[&Package]) -> Table {
    let mut table = Table::new([
        "package",
        "pub(in ..)",
        "match bool",
        "mod.rs",
        "name.rs + name/",
        "mixed folders",
    ]);
    let mut all = [0; 5];
    let mut row = |name: &str, counts: [usize; 5]| {
        let [a, b, c, d, e] = counts.map(|count| count.to_string());
        table.add([name.to_owned(), a, b, c, d, e]);
    };
    for package in packages {
        let Layout { wide_visibilities, bool_matches, mod_files, named_files, mixed_folders } =
            Layout::of(package);
        let counts = [wide_visibilities, bool_matches, mod_files, named_files, mixed_folders];
        row(&package.name, counts);
        all.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    row("all", all);
    table
}

/// The rooms of each package, and its circles.
pub(crate) fn rooms(packages: &[&Package]) -> String {
    let mut table = Table::new(["package", "rooms", "arrows", "in circles"]);
    let mut circles = String::new();
    for package in packages {
        let rooms = Rooms::of(package);
        table.add([
            package.name.clone(),
            rooms.arrows.len().to_string(),
            rooms.arrows.values().map(|targets| targets.len()).sum::<usize>().to_string(),
            rooms.in_circles().to_string(),
        ]);
        for circle in rooms.circles() {
            let names: Vec<&str> = circle.iter().map(String::as_str).collect();
            let _ = writeln!(circles, "circle in {}: {}", package.name, names.join(", "));
        }
    }
    format!("{table}{circles}")
}

fn share(part: usize, whole: usize) -> String {
    let tenths = (part * 2_000 / whole.max(1)).div_ceil(2);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

fn spread(sizes: &[usize]) -> String {
    let Spread { median, p90, max } = Spread::of(sizes);
    format!("{median}/{p90}/{max}")
}
