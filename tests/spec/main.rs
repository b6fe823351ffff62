//! The promises: each is kept by a good history and broken by a bad one, and says why in words.

mod answered;
mod because;
mod club;
mod discreet;
mod document;
mod honest_ack;
mod in_time;
mod isolated;
mod judge;
mod not_duplicated;
mod pending;
mod ready;
mod refused_is_harmless;
mod rows;
mod story;
mod twice;
