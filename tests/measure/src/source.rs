//! A file of source, and what of it is code that ships.

use std::fmt;
use std::path::PathBuf;

use syn::{Attribute, File, ImplItem, Item, Meta};

/// A file of Rust source.
pub struct SourceFile {
    /// The path from the root of the workspace.
    pub path: PathBuf,
    /// The text.
    pub text: String,
    /// Says that the whole file is a test, a bench or an example.
    pub is_test: bool,
    /// The syntax with everything in it.
    pub(crate) syntax: File,
    /// The syntax without what stands under `#[cfg(test)]`.
    pub(crate) code: File,
}

impl SourceFile {
    pub(crate) fn parse(path: PathBuf, text: String, is_test: bool) -> syn::Result<SourceFile> {
        let syntax = syn::parse_file(&text)?;
        let mut code = syntax.clone();
        remove_tests(&mut code.items);
        Ok(SourceFile { path, text, is_test, syntax, code })
    }
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("SourceFile").field(&self.path).finish()
    }
}

fn remove_tests(items: &mut Vec<Item>) {
    items.retain(|item| !is_for_tests(attributes(item)));
    for item in items {
        match item {
            Item::Mod(module) => {
                if let Some((_, inner)) = &mut module.content {
                    remove_tests(inner);
                }
            }
            Item::Impl(block) => block.items.retain(|item| match item {
                ImplItem::Fn(function) => !is_for_tests(&function.attrs),
                _ => true,
            }),
            _ => {}
        }
    }
}

/// Knows `cfg(test)` and `cfg(all(test, ..))`.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string().replace(' ', "");
            condition == "test" || condition.starts_with("all(test,")
        }
        _ => false,
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
