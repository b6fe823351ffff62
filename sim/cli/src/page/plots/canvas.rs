//! What all drawings have in common: their colours, their type, and the frame around them.
//!
//! A drawing is drawn in the colours of the light page. The style of the page replaces each of them
//! on a dark one, by the attribute that holds it.

use std::fmt::Write;

use plotters::coord::Shift;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::*;

use super::super::html::Escaped;

/// Where a drawing goes.
pub(super) type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Why there is no drawing: there is no room, for one.
pub(super) type Problem = DrawingAreaErrorKind<std::io::Error>;

pub(super) const INK: RGBColor = RGBColor(0x1f, 0x23, 0x28);
pub(super) const AXIS: RGBColor = RGBColor(0x8c, 0x95, 0x9f);
pub(super) const GRID: RGBColor = RGBColor(0xd8, 0xde, 0xe4);
pub(super) const BLUE: RGBColor = RGBColor(0x00, 0x5f, 0xa3);
pub(super) const ORANGE: RGBColor = RGBColor(0xb4, 0x53, 0x09);
pub(super) const GREEN: RGBColor = RGBColor(0x04, 0x78, 0x57);

/// Every colour, with the one that stands for it on a dark page.
const COLOURS: [(RGBColor, &str); 6] = [
    (INK, "#e6edf3"),
    (AXIS, "#7d8792"),
    (GRID, "#2b323b"),
    (BLUE, "#58b2f5"),
    (ORANGE, "#f3a04c"),
    (GREEN, "#3ecf9a"),
];

/// What a series is drawn in.
pub(super) const SERIES: [RGBColor; 3] = [BLUE, ORANGE, GREEN];

/// The size of the letters, in units of the drawing.
const LETTERS: u32 = 15;

/// The part of the page's style that is about drawings.
pub(in crate::page) fn style() -> String {
    let mut style = String::from("@media (prefers-color-scheme: dark) {\n");
    for (light, dark) in COLOURS {
        let light = attribute(light);
        // Writing to a string cannot fail.
        let _ = writeln!(style, "  svg [fill=\"{light}\"] {{ fill: {dark}; }}");
        let _ = writeln!(style, "  svg [stroke=\"{light}\"] {{ stroke: {dark}; }}");
    }
    style + "}\n"
}

/// A colour as a drawing has it.
pub(super) fn attribute(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// The type of all that is written in a drawing.
pub(super) fn letters() -> TextStyle<'static> {
    ("sans-serif", LETTERS).into_font().color(&INK)
}

/// A drawing with what it shows in words below it.
pub(super) fn figure(
    said: &str,
    size: (u32, u32),
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), Problem>,
) -> String {
    let drawing = drawing(said, size, draw);
    format!("<figure>\n{drawing}<figcaption>{}</figcaption>\n</figure>\n", Escaped(said))
}

/// A drawing of this size, with what it shows in words for those who do not see it.
pub(super) fn drawing(
    title: &str,
    size: (u32, u32),
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), Problem>,
) -> String {
    let mut text = String::new();
    let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
    let drawn = draw(&area).and_then(|()| area.present());
    drop(area);
    let title = Escaped(title);
    if let Err(problem) = drawn {
        return format!("<p>This could not be drawn: {}. {title}</p>\n", Escaped(problem));
    }
    // The page is no XML and needs no name space; its style says how large a drawing is.
    let (_, inside) = text.split_once('>').unwrap_or_default();
    let (width, height) = size;
    format!(
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\">\n\
         <title>{title}</title>{inside}"
    )
}

/// The least power of ten that is no less than a number.
pub(super) fn power_of_ten_from(number: u64) -> u64 {
    let mut power: u64 = 1;
    while power < number {
        power = power.saturating_mul(10);
    }
    power
}

/// Numbers as coordinates. A drawing shows no more digits than a double holds.
#[expect(clippy::cast_precision_loss, reason = "drawn with a pencil")]
pub(super) fn coordinate(number: u64) -> f64 {
    number as f64
}

/// A coordinate as a number, for the labels of an axis.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded, never < 0")]
pub(super) fn number(coordinate: f64) -> u64 {
    coordinate.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_has_a_title_and_refers_to_nothing() {
        let drawn = drawing("bars & lines", (100, 50), |area| {
            area.draw(&Rectangle::new([(1, 1), (20, 20)], BLUE.filled()))
        });
        assert!(drawn.starts_with("<svg viewBox=\"0 0 100 50\" role=\"img\""), "{drawn}");
        assert!(drawn.contains("<title>bars &amp; lines</title>"), "{drawn}");
        assert!(drawn.contains("fill=\"#005FA3\"") && style().contains("[fill=\"#005FA3\"]"));
        assert!(drawn.trim_end().ends_with("</svg>") && !drawn.contains("http"), "{drawn}");
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        let told = drawing("lines", (100, 50), |_| Err(Problem::LayoutError));
        assert!(told.starts_with("<p>This could not be drawn: "), "{told}");
    }

    #[test]
    fn an_axis_ends_at_a_power_of_ten() {
        assert_eq!([0, 1, 2, 10, 11, 2_237].map(power_of_ten_from), [1, 1, 10, 10, 100, 10_000]);
    }
}
