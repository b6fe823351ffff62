//! The parts that all drawings share: colours, letters, axes, and the frame around a drawing.
//!
//! A drawing has the colours of the light page. On a dark page, the style replaces each colour by
//! the attribute that holds it.

use std::fmt::Write;

use plotters::chart::MeshStyle;
use plotters::coord::Shift;
use plotters::coord::ranged1d::Ranged;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::*;

use super::super::html::EscapedText;

/// The area that a drawing fills.
pub(super) type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The reason that a drawing failed, such as too little room.
pub(super) type DrawingError = DrawingAreaErrorKind<std::io::Error>;

pub(super) const INK: RGBColor = RGBColor(0x1f, 0x23, 0x28);
pub(super) const AXIS: RGBColor = RGBColor(0x8c, 0x95, 0x9f);
pub(super) const GRID: RGBColor = RGBColor(0xd8, 0xde, 0xe4);
pub(super) const BLUE: RGBColor = RGBColor(0x00, 0x5f, 0xa3);
pub(super) const ORANGE: RGBColor = RGBColor(0xb4, 0x53, 0x09);
pub(super) const GREEN: RGBColor = RGBColor(0x04, 0x78, 0x57);

/// Every colour, with the one that replaces it on a dark page.
const COLOURS: [(RGBColor, &str); 6] = [
    (INK, "#e6edf3"),
    (AXIS, "#7d8792"),
    (GRID, "#2b323b"),
    (BLUE, "#58b2f5"),
    (ORANGE, "#f3a04c"),
    (GREEN, "#3ecf9a"),
];

/// The colours of the series of a drawing.
pub(super) const SERIES: [RGBColor; 3] = [BLUE, ORANGE, GREEN];

/// The size of the letters, in units of the drawing.
const LETTERS: u32 = 15;

/// Returns the style of the drawings on a dark page.
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

/// Returns a colour as the attribute of an element.
pub(super) fn attribute(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// Returns the style of all text in a drawing.
pub(super) fn letters() -> TextStyle<'static> {
    ("sans-serif", LETTERS).into_font().color(&INK)
}

/// Begins a chart, with room for the labels on its left and for a margin on its right.
pub(super) fn chart<'a, 'b>(
    area: &'a Canvas<'b>,
    left: u32,
    right: u32,
) -> ChartBuilder<'a, 'b, SVGBackend<'b>> {
    let mut chart = ChartBuilder::on(area);
    chart.margin(10).margin_right(right).x_label_area_size(40).y_label_area_size(left);
    chart
}

/// Gives the axes and the grid of a chart their colours and letters.
pub(super) fn axes<'m, 'a, 'b, 'c, X: Ranged, Y: Ranged>(
    mesh: &'m mut MeshStyle<'a, 'b, X, Y, SVGBackend<'c>>,
) -> &'m mut MeshStyle<'a, 'b, X, Y, SVGBackend<'c>> {
    mesh.bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(AXIS)
        .label_style(letters())
        .axis_desc_style(letters())
}

/// Returns a drawing with a caption below it, which describes the drawing.
pub(super) fn figure(
    caption: &str,
    size: (u32, u32),
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), DrawingError>,
) -> String {
    let drawing = drawing(caption, size, draw);
    format!("<figure>\n{drawing}<figcaption>{}</figcaption>\n</figure>\n", EscapedText(caption))
}

/// Returns a drawing of this size. Its title describes it to readers who do not see it.
pub(super) fn drawing(
    title: &str,
    size: (u32, u32),
    draw: impl FnOnce(&Canvas<'_>) -> Result<(), DrawingError>,
) -> String {
    let mut text = String::new();
    let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
    let drawn = draw(&area).and_then(|()| area.present());
    drop(area);
    let title = EscapedText(title);
    if let Err(problem) = drawn {
        return format!("<p>The drawing failed: {}. {title}</p>\n", EscapedText(problem));
    }
    // HTML needs no XML name space, and the style of the page sets the size of the drawing.
    let (_, inside) = text.split_once('>').unwrap_or_default();
    let (width, height) = size;
    format!(
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\">\n\
         <title>{title}</title>{inside}"
    )
}

/// Returns the least power of ten that is no less than a number.
pub(super) fn power_of_ten_from(number: u64) -> u64 {
    let mut power: u64 = 1;
    while power < number {
        power = power.saturating_mul(10);
    }
    power
}

/// Converts a number to a coordinate.
#[expect(clippy::cast_precision_loss, reason = "a drawing shows fewer digits than a double has")]
pub(super) fn coordinate(number: u64) -> f64 {
    number as f64
}

/// Converts a coordinate to a number, for the labels of an axis.
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
    fn a_drawing_that_fails_is_replaced_by_words() {
        let text = drawing("lines", (100, 50), |_| Err(DrawingError::LayoutError));
        assert!(text.starts_with("<p>The drawing failed: "), "{text}");
    }

    #[test]
    fn an_axis_ends_at_a_power_of_ten() {
        assert_eq!([0, 1, 2, 10, 11, 2_237].map(power_of_ten_from), [1, 1, 10, 10, 100, 10_000]);
    }
}
