//! The simulator, driven as its users drive it.

mod authorizer;
mod background;
mod buffers;
mod case_text;
mod cases;
mod clients;
mod closing;
mod connections;
mod crashes;
mod determinism;
mod exhaust;
mod faults;
mod gateway;
mod generated;
mod handshakes;
mod lambda;
mod model;
mod order;
mod pct;
mod platform;
mod prune;
mod quotas;
mod seam;
mod session;
mod shrink;
mod table;
