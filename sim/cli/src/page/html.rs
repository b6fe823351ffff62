//! Parts of HTML: escaped text, headings and tables.

use std::fmt::{self, Display, Write};

/// A text with the characters of markup escaped.
pub(super) struct EscapedText<T>(pub(super) T);

impl<T: Display> Display for EscapedText<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(EscapeWriter(f), "{}", self.0)
    }
}

struct EscapeWriter<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl Write for EscapeWriter<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '&' => self.0.write_str("&amp;")?,
                '<' => self.0.write_str("&lt;")?,
                '>' => self.0.write_str("&gt;")?,
                '"' => self.0.write_str("&quot;")?,
                '\'' => self.0.write_str("&#39;")?,
                other => self.0.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// Opens a section with a heading.
pub(super) fn write_heading(page: &mut String, id: &str, title: &str) -> fmt::Result {
    let title = EscapedText(title);
    writeln!(page, "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>")
}

/// The kind of text in a column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// The heading of the row.
    Head,
    /// A word or two.
    Text,
    /// Sentences, which need room.
    Prose,
    /// Numbers, which line up on the right.
    Number,
    /// Code, such as a command.
    Code,
}

/// A table with a fixed number of columns.
pub(super) struct Table<'a, const N: usize> {
    pub(super) caption: &'a str,
    pub(super) columns: [(&'a str, Column); N],
    pub(super) rows: Vec<[String; N]>,
}

impl<const N: usize> Display for Table<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.columns;
        write_table(f, self.caption, &columns, self.rows.iter().map(<[String; N]>::as_slice))
    }
}

/// Writes a table with any number of columns.
pub(super) fn write_table<'a>(
    f: &mut dyn Write,
    caption: &str,
    columns: &[(&str, Column)],
    rows: impl Iterator<Item = &'a [String]>,
) -> fmt::Result {
    let label = EscapedText(caption);
    // A wide table scrolls by itself, and the tab index lets a keyboard scroll it.
    writeln!(f, "<div class=\"wide\" role=\"region\" aria-label=\"{label}\" tabindex=\"0\">")?;
    writeln!(f, "<table>\n<caption>{label}</caption>\n<thead><tr>")?;
    for (heading, column) in columns {
        writeln!(f, "<th scope=\"col\"{}>{}</th>", class(*column), EscapedText(heading))?;
    }
    writeln!(f, "</tr></thead>\n<tbody>")?;
    for row in rows {
        f.write_str("<tr>")?;
        for ((_, column), cell) in columns.iter().zip(row) {
            let (class, cell) = (class(*column), EscapedText(cell));
            match column {
                Column::Head => write!(f, "<th scope=\"row\">{cell}</th>")?,
                Column::Code => write!(f, "<td><code>{cell}</code></td>")?,
                Column::Text | Column::Prose | Column::Number => {
                    write!(f, "<td{class}>{cell}</td>")?
                }
            }
        }
        writeln!(f, "</tr>")?;
    }
    writeln!(f, "</tbody>\n</table>\n</div>")
}

fn class(column: Column) -> &'static str {
    match column {
        Column::Number => " class=\"number\"",
        Column::Prose => " class=\"prose\"",
        Column::Head | Column::Text | Column::Code => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_text_is_escaped() {
        let escaped = EscapedText("<b a=\"1\" c='2'> & é").to_string();
        assert_eq!(escaped, "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt; &amp; é");
    }

    #[test]
    fn cells_and_headings_are_escaped() {
        let table = Table {
            caption: "a & b",
            columns: [("<", Column::Head), (">", Column::Code)],
            rows: vec![["1 < 2".to_owned(), "a > b".to_owned()]],
        };
        let text = table.to_string();
        for part in [
            "aria-label=\"a &amp; b\"",
            "<caption>a &amp; b</caption>",
            "<th scope=\"col\">&lt;</th>",
            "<th scope=\"row\">1 &lt; 2</th><td><code>a &gt; b</code></td>",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
