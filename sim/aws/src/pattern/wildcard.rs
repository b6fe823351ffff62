//! Texts with gaps.

/// A text in which `*` stands for any characters, also for none.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wildcard {
    /// The texts between the gaps: one more than there are gaps.
    parts: Vec<String>,
}

impl Wildcard {
    /// Parses a text. `\*` is an asterisk, and `\\` a backslash.
    ///
    /// # Errors
    ///
    /// If two gaps follow each other, or if a backslash stands before another character: the
    /// problem in words.
    pub(super) fn parse(text: &str) -> Result<Wildcard, String> {
        let mut parts = vec![String::new()];
        let mut part = String::new();
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '*' if characters.peek() == Some(&'*') => {
                    return Err(format!("Consecutive wildcard characters in \"{text}\""));
                }
                '*' => {
                    set_last(&mut parts, &mut part);
                    parts.push(String::new());
                }
                '\\' => match characters.next() {
                    Some(escaped @ ('*' | '\\')) => part.push(escaped),
                    _ => return Err(format!("Invalid escape character in \"{text}\"")),
                },
                _ => part.push(character),
            }
        }
        set_last(&mut parts, &mut part);
        Ok(Wildcard { parts })
    }

    /// Reports whether a whole text has this form.
    pub(super) fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.parts.split_first() else { return false };
        let Some((last, middle)) = rest.split_last() else { return text == first };
        let Some(mut text) = text.strip_prefix(first.as_str()) else { return false };
        // The first place that fits a part leaves the most text to the parts after it.
        for part in middle {
            let Some(at) = text.find(part.as_str()) else { return false };
            text = &text[at + part.len()..];
        }
        text.ends_with(last.as_str())
    }
}

fn set_last(parts: &mut [String], part: &mut String) {
    if let Some(last) = parts.last_mut() {
        *last = std::mem::take(part);
    }
}
