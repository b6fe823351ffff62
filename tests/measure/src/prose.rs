//! The wording of documentation, as counts.

use crate::docs::DocBlock;
use crate::workspace::Package;

/// Words that stand for an actor without a name.
const NOBODIES: [&str; 6] = ["who", "whoever", "somebody", "nobody", "anybody", "everybody"];

/// Counts of blocks and words of documentation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    /// The blocks.
    pub blocks: usize,
    /// The blocks that begin with a wh-word.
    pub wh_openings: usize,
    /// The words of all blocks.
    pub words: usize,
    /// The words that are `what`.
    pub whats: usize,
    /// The words that are `who`, `somebody` and the like.
    pub nobodies: usize,
}

impl Prose {
    /// Counts the documentation of a package, that of its tests included.
    pub fn of(package: &Package) -> Prose {
        let mut prose = Prose::default();
        for block in package.files.values().flat_map(DocBlock::all) {
            prose.add(&block);
        }
        prose
    }

    /// Adds a block.
    pub fn add(&mut self, block: &DocBlock) {
        self.blocks += 1;
        self.wh_openings += usize::from(block.opens_with_wh());
        for word in block.words().map(str::to_lowercase) {
            self.words += 1;
            self.whats += usize::from(word == "what");
            self.nobodies += usize::from(NOBODIES.contains(&word.as_str()));
        }
    }

    /// The share of wh-openings among the blocks, in tenths of a percent.
    pub fn wh_tenths(&self) -> usize {
        (self.wh_openings * 2_000 / self.blocks.max(1)).div_ceil(2)
    }
}
