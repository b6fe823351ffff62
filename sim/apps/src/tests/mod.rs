//! What the originals do, told as cases: each fault breaks the promise that it is listed with.
//!
//! - `both`: the faults that the two applications share.
//! - `tutorial`, `aws_sample`: what only one of them does.
//! - `explorations`: the faults are found without being told where to look.

mod aws_sample;
mod both;
mod explorations;
mod support;
mod tutorial;
