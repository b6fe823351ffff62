//! Many runs: explorations, exhaustive searches, shrinking.
//!
//! - [`explore`]: seed after seed until one violates a property.
//! - [`exhaust`]: every schedule of a small plan with at most a number of deviations.
//! - [`causes`]: the finds of a search, those with one cause together.
//! - [`shrink`]: a shorter story of a violation.
//! - [`determinism`]: a second run of a case, compared with the first.

pub mod causes;
pub mod determinism;
pub mod exhaust;
pub mod explore;
pub mod shrink;
