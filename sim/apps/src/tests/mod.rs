//! The ports as cases: each bug breaks the promise that the list names.
//!
//! - `both`: the bugs that the two applications share.
//! - `tutorial`, `aws_sample`: the bugs of only one of them.
//! - `explorations`: searches that find the bugs without any hint.

mod aws_sample;
mod both;
mod explorations;
mod support;
mod tutorial;
