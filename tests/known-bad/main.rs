//! What is known to be bad is found, and what is known to fail is reported.

mod canary;
mod catalogue;
mod patches;
