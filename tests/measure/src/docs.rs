//! Blocks of documentation.

use syn::visit::Visit;
use syn::{AttrStyle, Attribute, Expr, ExprLit, Lit, Meta};

use crate::place::Place;
use crate::source::SourceFile;

const WH_WORDS: [&str; 11] = [
    "what", "how", "whether", "who", "whose", "whoever", "whatever", "where", "when", "why",
    "which",
];

/// A run of consecutive doc lines on one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocBlock {
    /// The first line.
    pub place: Place,
    /// The text without the marks, line by line.
    pub text: String,
}

impl DocBlock {
    /// Lists the blocks of a file, those of its tests included.
    pub fn all(file: &SourceFile) -> Vec<DocBlock> {
        let mut collector = Collector::default();
        collector.visit_file(&file.syntax);
        collector.lines.sort_by_key(|line| line.number);
        let mut blocks: Vec<DocBlock> = Vec::new();
        let mut last: Option<Line> = None;
        for line in collector.lines {
            let place = Place { file: file.path.clone(), line: line.number };
            match (blocks.last_mut(), &last) {
                (Some(block), Some(last)) if line.follows(last) => {
                    block.text = format!("{}\n{}", block.text, line.text);
                }
                _ => blocks.push(DocBlock { place, text: line.text.clone() }),
            }
            last = Some(line);
        }
        blocks
    }

    /// Says whether the first word is one that stands for a missing noun.
    pub fn opens_with_wh(&self) -> bool {
        self.words().next().is_some_and(|word| WH_WORDS.contains(&word.to_lowercase().as_str()))
    }

    /// The words of the prose, without code blocks and without marks.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let mut is_code = false;
        let prose = self.text.lines().filter(move |line| {
            let is_fence = line.trim_start().starts_with("```");
            is_code ^= is_fence;
            !is_code && !is_fence
        });
        prose
            .flat_map(|line| line.split(|letter: char| !letter.is_alphanumeric() && letter != '_'))
            .filter(|word| !word.is_empty())
    }
}

/// The text of one attribute, which a `/** */` comment makes longer than a line.
struct Line {
    number: usize,
    is_inner: bool,
    text: String,
}

impl Line {
    fn follows(&self, last: &Line) -> bool {
        let next = last.number + last.text.lines().count().max(1);
        self.number == next && self.is_inner == last.is_inner
    }
}

#[derive(Default)]
struct Collector {
    lines: Vec<Line>,
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let Meta::NameValue(named) = &attribute.meta else { return };
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &named.value else { return };
        if named.path.is_ident("doc") {
            self.lines.push(Line {
                number: attribute.pound_token.span.start().line,
                is_inner: matches!(attribute.style, AttrStyle::Inner(_)),
                text: text.value().trim().to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DocBlock;
    use crate::workspace::Package;

    fn blocks(text: &str) -> Vec<DocBlock> {
        let package = Package::example(&[("lib.rs", text)]);
        package.files.values().flat_map(DocBlock::all).collect()
    }

    #[test]
    fn a_block_is_a_run_of_lines() {
        let found = blocks("//! One.\n//! Two.\n\n/// What it is.\nstruct A {\n/// A.\na: u8 }");
        let shown: Vec<_> = found.iter().map(|block| (block.place.line, &*block.text)).collect();
        assert_eq!(shown, [(1, "One.\nTwo."), (4, "What it is."), (6, "A.")]);
        assert_eq!(found.iter().filter(|block| block.opens_with_wh()).count(), 1);
    }

    #[test]
    fn code_is_no_prose() {
        let found = blocks("/// Shows *it*:\n/// ```\n/// what();\n/// ```\n/// Well.\nstruct A;");
        assert_eq!(found[0].words().collect::<Vec<_>>(), ["Shows", "it", "Well"]);
    }
}
