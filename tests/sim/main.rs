//! The simulator, driven as its users drive it.

mod authorizer;
mod case_text;
mod determinism;
mod gateway;
mod generated;
mod platform;
mod seam;
mod session;
