//! The known bugs are found, and the canary fails on the seeds that it must.

mod canary;
mod catalogue;
mod patches;
