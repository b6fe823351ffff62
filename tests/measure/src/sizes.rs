//! The sizes of files and functions.

use syn::visit::{self, Visit};
use syn::{
    Block, FnArg, ImplItemConst, ImplItemFn, Item, ItemFn, Signature, TraitItemFn, Visibility,
};

use crate::source::SourceFile;

/// More parameters than this are counted.
const PARAMETERS_MAX: usize = 5;
/// Functions longer than this are counted.
const FUNCTION_LINES_MAX: usize = 70;

/// The sizes of the code of a package, or of several together.
#[derive(Clone, Debug, Default)]
pub struct Sizes {
    /// The lines of each file.
    pub files: Vec<usize>,
    /// The lines of each function with a body.
    pub functions: Vec<usize>,
    /// The functions with more than five parameters beside `self`.
    pub wide_functions: usize,
    /// The lines that hold code.
    pub code_lines: usize,
    /// The lines that hold documentation.
    pub doc_lines: usize,
    /// The lines that hold a comment alone.
    pub comment_lines: usize,
    /// The types, functions, methods and constants that are plain `pub`.
    pub public_items: usize,
}

/// The middle, the nine tenths and the end of a list of sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// The median.
    pub median: usize,
    /// The value that nine tenths do not exceed.
    pub p90: usize,
    /// The greatest value.
    pub max: usize,
}

impl Sizes {
    /// Adds the code of a file.
    pub fn add(&mut self, file: &SourceFile) {
        self.files.push(file.text.lines().count());
        for line in file.text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line {
                _ if line.starts_with("///") || line.starts_with("//!") => self.doc_lines += 1,
                _ if line.starts_with("//") => self.comment_lines += 1,
                _ => self.code_lines += 1,
            }
        }
        self.visit_file(&file.code);
    }

    /// The functions over 70 lines.
    pub fn long_functions(&self) -> usize {
        self.functions.iter().filter(|lines| **lines > FUNCTION_LINES_MAX).count()
    }

    fn measure(&mut self, signature: &Signature, block: Option<&Block>) {
        let is_typed = |input: &&FnArg| matches!(input, FnArg::Typed(_));
        let parameters = signature.inputs.iter().filter(is_typed).count();
        self.wide_functions += usize::from(parameters > PARAMETERS_MAX);
        if let Some(block) = block {
            let first = signature.fn_token.span.start().line;
            self.functions.push(block.brace_token.span.close().end().line - first + 1);
        }
    }
}

impl Spread {
    /// Sorts the sizes and picks three of them.
    pub fn of(sizes: &[usize]) -> Spread {
        let mut sorted = sizes.to_vec();
        sorted.sort_unstable();
        let at = |index: usize| sorted.get(index).copied().unwrap_or_default();
        let max = sorted.last().copied().unwrap_or_default();
        Spread { median: at(sorted.len() / 2), p90: at(sorted.len() * 9 / 10), max }
    }
}

impl<'ast> Visit<'ast> for Sizes {
    fn visit_item(&mut self, item: &'ast Item) {
        self.public_items += usize::from(is_public(item));
        visit::visit_item(self, item);
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.measure(&function.sig, Some(&function.block));
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.measure(&function.sig, Some(&function.block));
        self.public_items += usize::from(matches!(function.vis, Visibility::Public(_)));
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_impl_item_const(&mut self, constant: &'ast ImplItemConst) {
        self.public_items += usize::from(matches!(constant.vis, Visibility::Public(_)));
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        self.measure(&function.sig, function.default.as_ref());
        visit::visit_trait_item_fn(self, function);
    }
}

fn is_public(item: &Item) -> bool {
    let visibility = match item {
        Item::Const(item) => &item.vis,
        Item::Enum(item) => &item.vis,
        Item::Fn(item) => &item.vis,
        Item::Static(item) => &item.vis,
        Item::Struct(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::Type(item) => &item.vis,
        Item::Union(item) => &item.vis,
        _ => return false,
    };
    matches!(visibility, Visibility::Public(_))
}
