//! Event source mappings: Lambda reads a queue or a stream, and invokes a function with batches.

pub mod queue;
pub mod stream;
