//! The mutated handlers, each in a module of its own beside the `base` that they share.
//!
//! Written by `build/main.rs`, which applies the patches.

include!(concat!(env!("OUT_DIR"), "/mutants/mod.rs"));
