//! The crates of a package, and the file of each of their modules.

use std::path::{Path, PathBuf};
use std::slice;

use syn::{Attribute, Expr, ExprLit, Item, Lit, Meta};

use crate::source::SourceFile;
use crate::workspace::Package;

/// A crate with the modules that its root declares, and those that they declare.
#[derive(Debug)]
pub(crate) struct Crate<'a> {
    /// The name of a binary; nothing for the library.
    pub(crate) binary: Option<&'a str>,
    /// The root comes first.
    pub(crate) modules: Vec<ModuleFile<'a>>,
}

/// A file that is a module.
#[derive(Debug)]
pub(crate) struct ModuleFile<'a> {
    pub(crate) path: Vec<String>,
    pub(crate) file: &'a SourceFile,
}

impl<'a> Crate<'a> {
    /// Lists the crates of a package whose roots exist, the library first.
    pub(crate) fn all(package: &'a Package) -> Vec<Crate<'a>> {
        let manifest = &package.manifest;
        let binaries = manifest.binaries.iter().map(|(name, path)| (Some(name.as_str()), path));
        let roots = [(None, &manifest.library_path)].into_iter().chain(binaries);
        let existing = roots.filter_map(|(binary, path)| {
            let root = package.files.get(&package.folder.join(path))?;
            let mut modules = vec![ModuleFile { path: Vec::new(), file: root }];
            let folder = root.path.parent().unwrap_or(Path::new("")).to_owned();
            declare(package, &mut modules, &[], &root.code.items, &folder);
            Some(Crate { binary, modules })
        });
        existing.collect()
    }

    /// The names of the modules that the root declares, those inside of its file too.
    pub(crate) fn rooms(&self) -> Vec<String> {
        let items = self.modules.first().map(|root| root.file.code.items.as_slice());
        let module = |item: &Item| match item {
            Item::Mod(module) => Some(module.ident.to_string()),
            _ => None,
        };
        items.unwrap_or_default().iter().filter_map(module).collect()
    }
}

fn declare<'a>(
    package: &'a Package,
    modules: &mut Vec<ModuleFile<'a>>,
    parent: &[String],
    items: &'a [Item],
    folder: &Path,
) {
    for item in items {
        let Item::Mod(module) = item else { continue };
        let name = module.ident.to_string();
        let path = [parent, slice::from_ref(&name)].concat();
        if let Some((_, inner)) = &module.content {
            declare(package, modules, &path, inner, &folder.join(&name));
            continue;
        }
        let given = given_path(&module.attrs).map(|given| folder.join(given));
        let places = [folder.join(format!("{name}.rs")), folder.join(&name).join("mod.rs")];
        let mut places = given.into_iter().chain(places);
        if let Some(file) = places.find_map(|place| package.files.get(&place)) {
            modules.push(ModuleFile { path: path.clone(), file });
            declare(package, modules, &path, &file.code.items, &folder.join(&name));
        }
    }
}

/// Reads `#[path = "..."]`.
fn given_path(attributes: &[Attribute]) -> Option<PathBuf> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(named) if named.path.is_ident("path") => match &named.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().into()),
            _ => None,
        },
        _ => None,
    })
}
