//! The last exploration as one page that needs nothing beside it: no network, no script, no font.
//!
//! Equal figures give equal bytes. Whoever writes it decides where; here it is text.
//!
//! - `sections`: the parts of the page, each with its heading.
//! - `plots`: the drawings.
//! - `html`: text and tables, escaped.

mod html;
mod plots;
mod sections;

use std::fmt::Write;

use crate::record::{Exploration, KnownBad};
use html::Escaped;

/// How the page looks; the colours of its drawings are `plots`' own.
const STYLE: &str = include_str!("style.css");

/// The page of an exploration. What it takes to find what is known to be bad is part of it, if it
/// is known.
pub fn page(exploration: &Exploration, known_bad: Option<&KnownBad>) -> String {
    let title = format!("{} {}", exploration.verdict().word, exploration.title());
    let mut page = String::new();
    page.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.push_str(POLICY);
    // Writing to a string cannot fail.
    let _ = writeln!(page, "<title>{} - Stormglass</title>", Escaped(&title));
    let _ = writeln!(page, "<style>\n{STYLE}{}</style>\n</head>\n<body>", plots::style());
    sections::write(&mut page, exploration, known_bad);
    page.push_str("</body>\n</html>\n");
    page
}

/// The browser holds the page to it: it loads nothing.
const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" \
                      content=\"default-src 'none'; style-src 'unsafe-inline'\">\n";
