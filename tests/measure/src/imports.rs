//! The paths that a file names, in `use`, in code and inside of macros.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ItemMod, ItemUse, Macro, Path, UseTree, Visibility};

/// A path with at least two segments, or a lone name that a macro gets.
#[derive(Clone, Debug)]
pub(crate) struct Import {
    /// The modules inside of the file that the path stands in.
    pub(crate) scope: Vec<String>,
    /// The segments as they are written: `crate`, `super` and `self` too.
    pub(crate) segments: Vec<String>,
    /// The name that a `use` gives it.
    pub(crate) alias: String,
    pub(crate) line: usize,
}

/// Lists the paths of a file in the order of their lines.
pub(crate) fn imports(file: &syn::File) -> Vec<Import> {
    let mut collector = Collector::default();
    collector.visit_file(file);
    collector.found.sort_by_key(|import| import.line);
    collector.found
}

#[derive(Default)]
struct Collector {
    scope: Vec<String>,
    found: Vec<Import>,
}

impl Collector {
    fn add(&mut self, segments: &[String], line: usize) {
        let (scope, segments) = (self.scope.clone(), segments.to_vec());
        self.found.push(Import { scope, segments, alias: String::new(), line });
    }

    fn add_tree(&mut self, tree: &UseTree, before: &[String], item: &ItemUse) {
        let (name, alias) = match tree {
            UseTree::Path(path) => {
                let before = [before, &[path.ident.to_string()]].concat();
                return self.add_tree(&path.tree, &before, item);
            }
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.add_tree(tree, before, item));
            }
            UseTree::Name(name) => (name.ident.to_string(), name.ident.to_string()),
            UseTree::Rename(rename) => (rename.ident.to_string(), rename.rename.to_string()),
            UseTree::Glob(_) => ("*".to_owned(), "*".to_owned()),
        };
        self.found.push(Import {
            scope: self.scope.clone(),
            segments: [before, &[name]].concat(),
            alias,
            line: item.use_token.span.start().line,
        });
    }

    /// Finds the paths among tokens. A lone name counts if it can be a package, as no macro says
    /// how it reads its tokens.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut colons, mut line) = (Vec::new(), 0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.add_path(&path, line);
                        path.clear();
                        line = name.span().start().line;
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.add_tokens(group.stream());
                    colons = 0;
                }
                _ => colons = 0,
            }
        }
        self.add_path(&path, line);
    }

    fn add_path(&mut self, path: &[String], line: usize) {
        match path {
            [] => {}
            [lone] if ["crate", "super", "self"].contains(&lone.as_str()) => {}
            _ => self.add(path, line),
        }
    }
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        self.scope.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.scope.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_tree(&item.tree, &[], item);
    }

    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast Path) {
        let segments: Vec<_> = path.segments.iter().map(|part| part.ident.to_string()).collect();
        let line = path.segments.first().map_or(0, |part| part.ident.span().start().line);
        if segments.len() > 1 {
            self.add(&segments, line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        visit::visit_macro(self, item);
        self.add_tokens(item.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.add_tokens(list.tokens.clone());
        }
    }
}
