//! The colours and lines of a drawing, for light and dark surroundings.
//!
//! Every rule has its colours written out, because many programs that draw SVG know no variables. A
//! shape or a word says the same as each colour.

use std::fmt::Write;

/// The rules of every page that shows drawings.
const PAGE: &str = include_str!("page.css");

/// A class, the attribute that is set, and its value in light and in dark surroundings.
const COLOURS: [(&str, &str, &str, &str); 25] = [
    (".paper", "fill", "#ffffff", "#0d1117"),
    (".text", "fill", "#1f2328", "#e6edf3"),
    (".text", "stroke", "#ffffff", "#0d1117"),
    (".faint", "fill", "#59636e", "#9198a1"),
    (".accent", "fill", "#b64700", "#f0883e"),
    (".broken-text", "fill", "#c11f2b", "#ff7b72"),
    (".lane", "stroke", "#c4ccd4", "#3d444d"),
    (".break", "stroke", "#8c959f", "#656c76"),
    (".arrow", "stroke", "#1f2328", "#e6edf3"),
    (".tip", "fill", "#1f2328", "#e6edf3"),
    (".deviant .arrow", "stroke", "#b64700", "#f0883e"),
    (".deviant .tip", "fill", "#b64700", "#f0883e"),
    (".sign", "fill", "#1f2328", "#e6edf3"),
    (".sign", "stroke", "#1f2328", "#e6edf3"),
    (".hollow", "fill", "#ffffff", "#0d1117"),
    (".pending", "fill", "#ffffff", "#0d1117"),
    (".pending", "stroke", "#1a7f37", "#3fb950"),
    (".open", "fill", "#aceebb", "#196c2e"),
    (".open", "stroke", "#1a7f37", "#3fb950"),
    (".half-open", "fill", "#f6f8fa", "#21262d"),
    (".half-open", "stroke", "#59636e", "#9198a1"),
    (".invocation", "fill", "#ddf4ff", "#0c2d6b"),
    (".invocation", "stroke", "#0969da", "#4493f8"),
    (".involved", "stroke", "#c11f2b", "#ff7b72"),
    (".band", "fill", "#ffebe9", "#4a1214"),
];

/// The rules that do not depend on the surroundings.
const LINES: &str = "\
.text{font:12px ui-monospace,Menlo,Consolas,\"DejaVu Sans Mono\",monospace;white-space:pre;\
paint-order:stroke;stroke-width:3px;stroke-linejoin:round}
.strong{font-weight:700}
.lane{stroke-width:1}
.break{stroke-width:1.2;fill:none}
.dotted{stroke-dasharray:2 4}
.target{fill:none;pointer-events:all}
.arrow{stroke-width:1.4;fill:none}
.answer .arrow{stroke-dasharray:5 3}
.deviant .arrow{stroke-width:2.2}
.sign{stroke-width:1.4}
.bar{stroke-width:1}
.pending,.half-open{stroke-dasharray:3 2}
.involved{stroke-width:3;stroke-dasharray:none}
.outside{opacity:.38}
";

/// Returns the style of a drawing that stands alone.
pub(super) fn alone() -> String {
    format!(
        "{LINES}{}@media (prefers-color-scheme:dark){{\n{}}}\n",
        colours("svg", Surroundings::Light),
        colours("svg", Surroundings::Dark)
    )
}

/// Returns the style of a page and of the drawings in it, which follow its `color-scheme`. A
/// browser without `light-dark()` shows them light.
pub(super) fn paged() -> String {
    let mut text = format!("{PAGE}{LINES}");
    for (class, set, light, dark) in COLOURS {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "svg {class}{{{set}:{light};{set}:light-dark({light},{dark})}}");
    }
    text
}

/// The surroundings of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Surroundings {
    Light,
    Dark,
}

/// Returns the colours of all elements in `scope`.
fn colours(scope: &str, surroundings: Surroundings) -> String {
    let mut text = String::new();
    for (class, set, light, dark) in COLOURS {
        let value = if surroundings == Surroundings::Light { light } else { dark };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{scope} {class}{{{set}:{value}}}");
    }
    text
}
