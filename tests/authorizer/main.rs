//! What must stay true of the authorizer: whom it lets in, and all that it says about it.

mod answer;
mod arbitrary;
mod claims;
mod request;
mod settings;
mod signature;
mod support;
