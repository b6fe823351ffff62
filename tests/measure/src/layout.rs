//! Signs of a crate that wants another layout.

use std::collections::BTreeSet;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Arm, ExprLit, ExprMatch, Lit, Pat, VisRestricted};

use crate::workspace::Package;

/// Counts of signs in the code of a package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The visibilities like `pub(in super::super)`.
    pub wide_visibilities: usize,
    /// The matches on `true` and `false`.
    pub bool_matches: usize,
    /// The modules in a file `mod.rs`.
    pub mod_files: usize,
    /// The modules in a file beside their folder: `name.rs` and `name/`.
    pub named_files: usize,
    /// The folders with modules of both styles.
    pub mixed_folders: usize,
}

impl Layout {
    /// Counts the signs in a package.
    pub fn of(package: &Package) -> Layout {
        let mut layout = Layout::default();
        for file in package.code() {
            layout.visit_file(&file.code);
        }
        layout.count_styles(package);
        layout
    }

    fn count_styles(&mut self, package: &Package) {
        let paths: BTreeSet<&Path> = package.code().map(|file| file.path.as_path()).collect();
        let folders: BTreeSet<&Path> = paths.iter().filter_map(|path| path.parent()).collect();
        let is_named = |path: &&&Path| folders.contains(path.with_extension("").as_path());
        let named: Vec<&Path> = paths.iter().filter(is_named).copied().collect();
        self.mod_files = paths.iter().filter(|path| path.ends_with("mod.rs")).count();
        self.named_files = named.len();
        let named_in: BTreeSet<&Path> = named.iter().filter_map(|path| path.parent()).collect();
        let is_mixed = |folder: &&&Path| {
            let has_child = |path: &&Path| {
                path.ends_with("mod.rs") && path.parent().and_then(Path::parent) == Some(folder)
            };
            paths.contains(folder.join("mod.rs").as_path()) || paths.iter().any(has_child)
        };
        self.mixed_folders = named_in.iter().filter(is_mixed).count();
    }
}

impl<'ast> Visit<'ast> for Layout {
    fn visit_vis_restricted(&mut self, visibility: &'ast VisRestricted) {
        self.wide_visibilities += usize::from(visibility.path.segments.len() > 1);
    }

    fn visit_expr_match(&mut self, expression: &'ast ExprMatch) {
        let is_plain = |arm: &Arm| matches!(&arm.pat, Pat::Lit(literal) if is_bool(literal));
        self.bool_matches += usize::from(expression.arms.iter().any(is_plain));
        visit::visit_expr_match(self, expression);
    }
}

fn is_bool(literal: &ExprLit) -> bool {
    matches!(literal.lit, Lit::Bool(_))
}
