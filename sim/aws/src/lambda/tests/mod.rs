//! Tests of Lambda from its driver's side: inputs and times go in, answers and effects come out.

mod placement;

use super::placement::*;
