//! Measures the source of a workspace: how large its parts are, how its types are named, how its
//! documentation begins, and which part imports which.
//!
//! It holds no list of packages or modules. Every folder with a `Cargo.toml` that has a `[package]`
//! is a package, and a file belongs to the nearest one.
//!
//! Words: the *code* of a package is its files outside of `tests`, `benches`, `examples`, `fuzz`
//! and `tests.rs`, without what stands under `#[cfg(test)]`. A package in such a folder is a *test
//! package*, and all its files are its code. A *room* is a top-level module of a crate.
//!
//! The modules: [`Workspace`] finds the files. [`Sizes`], [`Layout`], [`TypeName`], [`DocBlock`]
//! and [`Prose`] measure them. [`Rooms`] and [`PackageArrows`] draw the imports. [`report`] prints
//! it all.

mod circles;
mod docs;
mod imports;
mod layout;
mod manifest;
mod modules;
mod packages;
mod participles;
mod place;
mod prose;
pub mod report;
mod rooms;
mod sizes;
mod source;
mod table;
mod tables;
mod types;
mod workspace;

pub use docs::DocBlock;
pub use layout::Layout;
pub use packages::PackageArrows;
pub use place::Place;
pub use prose::Prose;
pub use rooms::{Arrows, Rooms};
pub use sizes::{Sizes, Spread};
pub use source::SourceFile;
pub use types::{TypeName, shared_names};
pub use workspace::{MeasureError, Package, Workspace};
