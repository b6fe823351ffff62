//! Tests of the pollers of a queue.
