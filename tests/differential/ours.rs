//! What we answer where emulators do something else.
