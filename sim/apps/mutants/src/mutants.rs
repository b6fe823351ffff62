//! The mutated handlers, each in its own module beside the `base` that they share.
//!
//! Written by `build/main.rs`, which applies the patches.

include!(concat!(env!("OUT_DIR"), "/mutants/mod.rs"));
