//! The names of the types that a package declares.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;
use syn::visit::{self, Visit};
use syn::{Item, Visibility};

use crate::participles::is_participle;
use crate::place::Place;
use crate::source::SourceFile;
use crate::workspace::Package;

/// A struct, enum, union, trait or type alias.
#[derive(Clone, Debug)]
pub struct TypeName {
    /// The name.
    pub name: String,
    /// The declaration.
    pub place: Place,
    /// Says that it is plain `pub`, in whatever module.
    pub is_public: bool,
}

impl TypeName {
    /// Lists the types in the code of a package.
    pub fn all(package: &Package) -> Vec<TypeName> {
        package.code().flat_map(TypeName::of_file).collect()
    }

    /// Lists the types in the code of a file.
    pub fn of_file(file: &SourceFile) -> Vec<TypeName> {
        let mut collector = Collector { file, names: Vec::new() };
        collector.visit_file(&file.code);
        collector.names
    }

    /// Says whether the name is one word: a capital letter, and small ones.
    pub fn is_one_word(&self) -> bool {
        self.name.chars().filter(|letter| letter.is_uppercase()).count() == 1
    }

    /// Says whether the name is a bare participle or a pronoun.
    pub fn is_participle(&self) -> bool {
        is_participle(&self.name)
    }
}

/// Returns the names that more than one of these types has, each with its places.
pub fn shared_names<'a>(
    types: impl IntoIterator<Item = &'a TypeName>,
) -> BTreeMap<&'a str, BTreeSet<&'a Place>> {
    let mut places: BTreeMap<&str, BTreeSet<&Place>> = BTreeMap::new();
    for found in types {
        places.entry(&found.name).or_default().insert(&found.place);
    }
    places.retain(|_, places| places.len() > 1);
    places
}

struct Collector<'a> {
    file: &'a SourceFile,
    names: Vec<TypeName>,
}

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if let Some((name, visibility)) = declaration(item) {
            let line = name.span().start().line;
            let place = Place { file: self.file.path.clone(), line };
            let is_public = matches!(visibility, Visibility::Public(_));
            self.names.push(TypeName { name: name.to_string(), place, is_public });
        }
        visit::visit_item(self, item);
    }
}

fn declaration(item: &Item) -> Option<(&Ident, &Visibility)> {
    match item {
        Item::Enum(item) => Some((&item.ident, &item.vis)),
        Item::Struct(item) => Some((&item.ident, &item.vis)),
        Item::Trait(item) => Some((&item.ident, &item.vis)),
        Item::Type(item) => Some((&item.ident, &item.vis)),
        Item::Union(item) => Some((&item.ident, &item.vis)),
        _ => None,
    }
}
