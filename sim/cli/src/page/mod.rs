//! The page of the last exploration: one HTML text that needs no network, no script and no font.
//!
//! Equal figures give equal bytes.
//!
//! - `sections`: the sections of the page, in their order.
//! - `plots`: the sections with drawings.
//! - `html`: escaped text, headings and tables.

mod html;
mod plots;
mod sections;

use std::fmt::Write;

use stormglass_spec::Property;

use crate::record::{ExplorationRecord, HuntRecord};
use html::EscapedText;

/// The style of the page. The module `plots` adds that of the drawings.
const STYLE: &str = include_str!("style.css");

/// Returns the page of an exploration of an application with these promises, and with the results
/// of the last hunt if there was one.
pub fn page(
    exploration: &ExplorationRecord,
    promises: &[Property],
    hunt: Option<&HuntRecord>,
) -> String {
    let title = format!("{} {}", exploration.verdict().word, exploration.title());
    let mut page = String::new();
    page.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.push_str(POLICY);
    // Writing to a string cannot fail.
    let _ = writeln!(page, "<title>{} - Stormglass</title>", EscapedText(&title));
    let _ = writeln!(page, "<style>\n{STYLE}{}</style>\n</head>\n<body>", plots::style());
    sections::write(&mut page, exploration, promises, hunt);
    page.push_str("</body>\n</html>\n");
    page
}

/// The policy that keeps the browser from loading anything.
const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" \
                      content=\"default-src 'none'; style-src 'unsafe-inline'\">\n";
