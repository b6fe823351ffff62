//! The imports between the rooms of a package.

use std::collections::{BTreeMap, BTreeSet};

use crate::circles::circles;
use crate::imports::{Import, imports};
use crate::modules::{Crate, ModuleFile};
use crate::place::Place;
use crate::workspace::Package;

/// The name of a library's root.
const ROOT: &str = "lib";

/// Arrows from one name to others, each with its first import.
pub type Arrows = BTreeMap<String, BTreeMap<String, Place>>;

/// The rooms of a package: the top-level modules of its library, and those of its binaries.
///
/// A root is no room. Arrows lead to what it declares, but none leave it: it is there to name all
/// rooms, and what it re-exports counts as the room that declares it.
#[derive(Clone, Debug, Default)]
pub struct Rooms {
    /// The imports; a room that imports none is there as well.
    pub arrows: Arrows,
}

impl Rooms {
    /// Draws the imports in the code of a package.
    pub fn of(package: &Package) -> Rooms {
        let crates: Vec<Map> = Crate::all(package).into_iter().map(Map::new).collect();
        let library = crates.iter().find(|map| map.tree.binary.is_none());
        let mut rooms = Rooms::default();
        for map in &crates {
            for module in map.tree.modules.iter().filter(|module| !module.path.is_empty()) {
                let from = map.room_of(&module.path);
                rooms.arrows.entry(from).or_default();
                for import in imports(&module.file.code) {
                    rooms.add(map, library, package, module, &import);
                }
            }
        }
        rooms
    }

    /// The circles: rooms of which each leads to all others.
    pub fn circles(&self) -> Vec<BTreeSet<String>> {
        circles(&self.arrows)
    }

    /// The number of rooms that lie in a circle.
    pub fn in_circles(&self) -> usize {
        self.circles().iter().map(BTreeSet::len).sum()
    }

    fn add(
        &mut self,
        map: &Map<'_>,
        library: Option<&Map<'_>>,
        package: &Package,
        module: &ModuleFile<'_>,
        import: &Import,
    ) {
        let here = [module.path.as_slice(), &import.scope].concat();
        let to = match map.absolute(&here, &import.segments) {
            Some(path) => map.target(&path),
            None if import.segments.first() == Some(&package.manifest.library) => {
                library.and_then(|library| library.target(import.segments.get(1..)?))
            }
            None => None,
        };
        let from = map.room_of(&here);
        let Some(to) = to.filter(|to| *to != from) else { return };
        let place = Place { file: module.file.path.clone(), line: import.line };
        self.arrows.entry(from).or_default().entry(to).or_insert(place);
    }
}

/// The names at the root of a crate.
struct Map<'a> {
    tree: Crate<'a>,
    rooms: Vec<String>,
    /// The room that a name is re-exported from; nothing for one of another package.
    reexports: BTreeMap<String, Option<String>>,
}

impl<'a> Map<'a> {
    fn new(tree: Crate<'a>) -> Map<'a> {
        let rooms = tree.rooms();
        let mut map = Map { tree, rooms, reexports: BTreeMap::new() };
        let root = map.tree.modules.first().map(|root| imports(&root.file.code));
        let names = root.into_iter().flatten().filter(|import| import.scope.is_empty());
        let uses = names.filter(|import| !import.alias.is_empty());
        let found = uses.map(|import| {
            let room = map.absolute(&[], &import.segments).and_then(|path| map.target(&path));
            (import.alias, room)
        });
        map.reexports = found.collect();
        map
    }

    /// The name of the room of a module.
    fn room_of(&self, path: &[String]) -> String {
        match (self.tree.binary, path.first()) {
            (None, None) => ROOT.to_owned(),
            (None, Some(room)) => room.clone(),
            (Some(binary), None) => binary.to_owned(),
            (Some(binary), Some(room)) => format!("{binary}::{room}"),
        }
    }

    /// Resolves a path from the crate's root; nothing if it leads elsewhere or stays where it is.
    fn absolute(&self, here: &[String], segments: &[String]) -> Option<Vec<String>> {
        let first = segments.first()?.as_str();
        if first == "crate" {
            return Some(segments.get(1..)?.to_vec());
        }
        let ups = segments.iter().take_while(|part| *part == "super").count();
        if ups > 0 {
            let above = here.get(..here.len().checked_sub(ups)?)?;
            return Some([above, segments.get(ups..)?].concat());
        }
        match first {
            "self" => Some([here, segments.get(1..)?].concat()),
            _ if here.is_empty() && self.rooms.iter().any(|room| room == first) => {
                Some(segments.to_vec())
            }
            _ => None,
        }
    }

    /// The room that a path from the root leads to; nothing if it leads to another package.
    fn target(&self, path: &[String]) -> Option<String> {
        let Some(first) = path.first() else { return Some(self.room_of(&[])) };
        if self.rooms.contains(first) {
            return Some(self.room_of(path));
        }
        self.reexports.get(first).cloned().unwrap_or_else(|| Some(self.room_of(&[])))
    }
}

#[cfg(test)]
mod tests {
    use super::Rooms;
    use crate::report;
    use crate::workspace::Package;

    fn drawn(files: &[(&str, &str)]) -> String {
        report::arrows(&Package::example(files))
    }

    #[test]
    fn a_reexport_at_the_root_leads_to_the_room_that_declares_it() {
        let root = ("lib.rs", "mod a; mod b; pub use b::Inner as Outer; pub struct Own;");
        let a = ("a.rs", "use crate::Outer;\nuse crate::Own;");
        assert_eq!(drawn(&[root, a, ("b.rs", "")]), "a -> b, lib\nb ->\n");
    }

    #[test]
    fn paths_of_parents_macros_and_inner_modules_are_imports() {
        let files = [
            ("lib.rs", "mod a; mod b; mod c; mod d;"),
            ("a/mod.rs", "mod deep; mod inner { use super::super::c; use super::deep; }"),
            ("a/deep.rs", "fn f() { vec![super::super::b::g(), self::g()]; }"),
            ("b.rs", "#[cfg(test)] mod tests { use crate::d; }"),
            ("c.rs", "fn f() -> crate::d::Thing { loop {} }"),
            ("d.rs", ""),
        ];
        assert_eq!(drawn(&files), "a -> b, c\nb ->\nc -> d\nd ->\n");
    }

    #[test]
    fn a_binary_has_rooms_of_its_own() {
        let library = ("lib.rs", "pub mod a; pub use a::A;");
        let binary = ("main.rs", "mod b;");
        let b = ("b.rs", "use example::A;");
        let text = drawn(&[library, ("a.rs", "pub struct A;"), binary, b]);
        assert_eq!(text, "a ->\nexample::b -> a\n");
    }

    #[test]
    fn a_circle_is_shown_with_its_imports() {
        let files =
            [("lib.rs", "mod a; mod b;"), ("a.rs", "\nuse crate::b;"), ("b.rs", "use super::a;")];
        let circle = "\ncircle of 2: a, b\n  a -> b  src/a.rs:2\n  b -> a  src/b.rs:1\n";
        assert_eq!(drawn(&files), format!("a -> b\nb -> a\n{circle}"));
        assert_eq!(Rooms::of(&Package::example(&files)).in_circles(), 2);
    }
}
