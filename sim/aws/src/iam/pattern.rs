//! Patterns of policies: texts with wildcards and variables (FACTS 17.11).

use std::borrow::Cow;

use super::context::Keys;
use super::variable::Variable;

/// A text of a policy, ready to be compared with texts of requests.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    text: String,
    pieces: Vec<Piece>,
}

/// The rules by which a pattern is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Nothing is a wildcard.
    Exact,
    /// `*` fits any text, and `?` fits any character.
    Wildcards,
    /// Wildcards stay inside a part of the ARN, between two colons. A `*` at the end of a part may
    /// go on into the next ones.
    Resource,
    /// Wildcards stay inside one of the six parts of the ARN; the sixth may hold colons.
    Arn,
}

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Glyphs(Vec<Glyph>),
    Variable(Variable),
}

/// An element of a pattern that needs no request to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Glyph {
    /// This character.
    Character(char),
    /// Any character.
    One,
    /// Any character but a colon.
    OneInPart,
    /// Any text.
    Many,
    /// Any text without a colon.
    ManyInPart,
}

impl Pattern {
    /// Parses a pattern. Only policies of version 2012-10-17 have variables.
    pub(super) fn new(text: &str, syntax: Syntax, has_variables: bool) -> Pattern {
        let mut pieces = Vec::new();
        let mut glyphs = Vec::new();
        let (mut rest, mut part) = (text, 0);
        while let Some(first) = rest.chars().next() {
            let variable = if has_variables { Variable::parse(rest) } else { None };
            if let Some((variable, length)) = variable {
                rest = &rest[length..];
                if let Some(character) = variable.escaped() {
                    glyphs.push(Glyph::Character(character));
                } else {
                    pieces.push(Piece::Glyphs(std::mem::take(&mut glyphs)));
                    pieces.push(Piece::Variable(variable));
                }
                continue;
            }
            rest = &rest[first.len_utf8()..];
            part += usize::from(first == ':');
            let ends_part = rest.is_empty() || rest.starts_with(':');
            glyphs.push(Glyph::new(first, syntax, part, ends_part));
        }
        pieces.push(Piece::Glyphs(glyphs));
        Pattern { text: text.to_owned(), pieces }
    }

    /// Returns the pattern as the policy writes it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the variables of the pattern.
    pub(super) fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(variable),
            Piece::Glyphs(_) => None,
        })
    }

    /// Reports whether the pattern fits a whole text, in a request with these keys. A pattern with
    /// a variable that has no value fits nothing.
    pub(super) fn fits(&self, text: &str, ignores_case: bool, keys: &Keys<'_>) -> bool {
        let glyphs = self.resolve(|variable| variable.value(keys));
        glyphs.is_some_and(|glyphs| fits(&glyphs, text, ignores_case))
    }

    /// Reports whether the pattern fits a whole text, if its variables have no values.
    pub(super) fn fits_alone(&self, text: &str) -> bool {
        self.resolve(|_| None).is_some_and(|glyphs| fits(&glyphs, text, false))
    }

    /// Returns the pattern with the values of its variables. `None` if one has no value.
    fn resolve(&self, value: impl Fn(&Variable) -> Option<String>) -> Option<Cow<'_, [Glyph]>> {
        if let [Piece::Glyphs(glyphs)] = &self.pieces[..] {
            return Some(Cow::Borrowed(glyphs));
        }
        let mut all = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Glyphs(glyphs) => all.extend_from_slice(glyphs),
                // The characters of a value are no wildcards.
                Piece::Variable(variable) => {
                    all.extend(value(variable)?.chars().map(Glyph::Character));
                }
            }
        }
        Some(Cow::Owned(all))
    }
}

impl Glyph {
    /// Reads a character in a part of an ARN; the sixth part has the number 5.
    fn new(character: char, syntax: Syntax, part: usize, ends_part: bool) -> Glyph {
        let is_free = match syntax {
            Syntax::Exact => return Glyph::Character(character),
            Syntax::Wildcards => true,
            Syntax::Resource => false,
            Syntax::Arn => part >= 5,
        };
        match character {
            '*' if is_free || (syntax == Syntax::Resource && ends_part) => Glyph::Many,
            '*' => Glyph::ManyInPart,
            '?' if is_free => Glyph::One,
            '?' => Glyph::OneInPart,
            _ => Glyph::Character(character),
        }
    }

    fn fits(self, character: char, ignores_case: bool) -> bool {
        match self {
            Glyph::Character(own) if own == character => true,
            Glyph::Character(own) => {
                ignores_case && own.to_lowercase().eq(character.to_lowercase())
            }
            Glyph::One => true,
            Glyph::OneInPart => character != ':',
            Glyph::Many | Glyph::ManyInPart => false,
        }
    }
}

/// Reports whether a pattern, in which `*` fits any text and `?` any character, fits a whole text.
pub(crate) fn wildcards_fit(pattern: &str, text: &str, ignores_case: bool) -> bool {
    let pattern = Pattern::new(pattern, Syntax::Wildcards, false);
    let glyphs = pattern.resolve(|_| None);
    glyphs.is_some_and(|glyphs| fits(&glyphs, text, ignores_case))
}

/// Reports whether a pattern fits a whole text.
fn fits(pattern: &[Glyph], text: &str, ignores_case: bool) -> bool {
    let (mut wanted, mut found) = (pattern, text);
    // The pattern after the last `*`, and the rest of the text at which it was tried last. If it
    // does not fit there, the `*` takes one more character. The shortest text for an earlier `*`
    // is always enough: a longer one only leaves less for the later ones. Two are kept, because a
    // `*` that must not take a colon gives up where a free one before it goes on.
    let (mut retry, mut retry_in_part): (Option<Retry<'_>>, Option<Retry<'_>>) = (None, None);
    loop {
        match (wanted.split_first(), found.chars().next()) {
            (None, None) => return true,
            (Some((Glyph::Many, after)), _) => {
                wanted = after;
                retry = Some(Retry { wanted, found });
                retry_in_part = None;
                continue;
            }
            (Some((Glyph::ManyInPart, after)), _) => {
                wanted = after;
                retry_in_part = Some(Retry { wanted, found });
                continue;
            }
            (Some((glyph, after)), Some(character)) if glyph.fits(character, ignores_case) => {
                (wanted, found) = (after, &found[character.len_utf8()..]);
                continue;
            }
            _ => {}
        }
        retry_in_part = retry_in_part.and_then(|retry| retry.take_more(true));
        if retry_in_part.is_none() {
            retry = retry.and_then(|retry| retry.take_more(false));
        }
        let Some(next) = retry_in_part.or(retry) else { return false };
        (wanted, found) = (next.wanted, next.found);
    }
}

#[derive(Clone, Copy)]
struct Retry<'a> {
    wanted: &'a [Glyph],
    found: &'a str,
}

impl<'a> Retry<'a> {
    /// Lets the `*` take one more character. `None` if there is none, or if it is a colon and the
    /// `*` stays in its part.
    fn take_more(self, stays_in_part: bool) -> Option<Retry<'a>> {
        let character = self.found.chars().next()?;
        let is_taken = !(stays_in_part && character == ':');
        let found = &self.found[character.len_utf8()..];
        is_taken.then_some(Retry { wanted: self.wanted, found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(syntax: Syntax, pattern: &str, text: &str) -> bool {
        Pattern::new(pattern, syntax, true).fits_alone(text)
    }

    #[test]
    fn wildcards_fit_any_text() {
        for (pattern, text, is_fit) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "a:b/c", true),
            ("?", "", false),
            ("?", ":", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a*c", "ac", true),
            ("a*c", "abcb", false),
            ("*a*b", "aab", true),
            ("*a*b", "aabc", false),
            ("*abc*abd", "abcababd", true),
            ("ü?*", "üß", true),
            ("${*}${?}${$}", "*?$", true),
            ("${*}", "a", false),
            ("dynamodb:Get*", "dynamodb:GetItem", true),
            ("dynamodb:get*", "dynamodb:GetItem", false),
        ] {
            assert_eq!(matches(Syntax::Wildcards, pattern, text), is_fit, "{pattern} {text}");
        }
    }

    #[test]
    fn wildcards_of_a_resource_cross_slashes_and_stay_in_their_part() {
        let post = "arn:aws:execute-api:eu-west-1:123456789012:abc/prod/POST/@connections/x=";
        let function = "arn:aws:lambda:eu-west-1:123456789012:function:f";
        for (pattern, text, is_fit) in [
            ("*", post, true),
            ("arn:aws:execute-api:eu-west-1:123456789012:abc/*", post, true),
            ("arn:aws:execute-api:*:*:abc/prod/POST/@connections/*", post, true),
            ("arn:aws:execute-api:*:*:*/@connections/*", post, true),
            ("arn:aws:execute-api:*:*:**/@connections/*", post, true),
            ("arn:aws:execute-api:*:*:abc/*/POST/@connections/*", post, true),
            ("arn:aws:execute-api:*:*:abc/*/GET/@connections/*", post, false),
            ("arn:aws:execute-api:*:*:abc/prod/POST/@connections/{connectionId}", post, false),
            ("arn:aws:execute-api:eu-west-1:123456789012:ab?/prod/POST/*", post, true),
            ("arn:aws:execute-api:eu-west-?:*", post, true),
            // The last `*` of a part goes on into the next ones.
            ("arn:aws:execute-api:*", post, true),
            ("arn:aws:lambda:*:function:f", function, true),
            ("arn:aws:lambda:*:f", function, true),
            // Others do not.
            ("arn:aws:lambda:eu*f", function, false),
            ("arn:aws:lambda:eu*t-1:*", function, true),
            ("arn:aws:lambda:eu-west-1?123456789012:function:f", function, false),
            ("arn:aws:lambda:*w*:123456789012:function:*", function, true),
            ("arn:aws:lambda:*:*x*", function, false),
            // A free `*` goes on where a later one in its part gave up.
            ("arn:*:a*c:x", "arn:1:ab:ac:x", true),
        ] {
            assert_eq!(matches(Syntax::Resource, pattern, text), is_fit, "{pattern} {text}");
        }
    }

    #[test]
    fn parts_of_arns_are_compared_one_by_one() {
        let text = "arn:aws:lambda:eu-west-1:123456789012:function:f:live";
        for (pattern, is_fit) in [
            ("arn:aws:lambda:*:*:*", true),
            ("arn:aws:lambda:*:*:function:*", true),
            ("arn:aws:lambda:*:*:f*e", true),
            ("arn:aws:lambda:*:f*e", false),
            ("arn:*:123456789012:function:f:live", false),
            ("arn:aws:lambda:eu-west-1:123456789012:function?f?live", true),
        ] {
            assert_eq!(matches(Syntax::Arn, pattern, text), is_fit, "{pattern}");
        }
    }

    #[test]
    fn nothing_is_a_wildcard_in_an_exact_pattern() {
        assert!(matches(Syntax::Exact, "a*?", "a*?"));
        assert!(!matches(Syntax::Exact, "a*", "ab"));
    }

    #[test]
    fn case_can_be_ignored() {
        assert!(wildcards_fit("SQS:send*", "sqs:SendMessage", true));
        assert!(!wildcards_fit("SQS:send*", "sqs:SendMessage", false));
    }

    /// The definition of a fit, by trying everything.
    fn fits_by_trying(pattern: &[Glyph], text: &[char]) -> bool {
        let Some((glyph, after)) = pattern.split_first() else { return text.is_empty() };
        let most = match glyph {
            Glyph::Many => text.len(),
            Glyph::ManyInPart => text.iter().take_while(|one| **one != ':').count(),
            _ => {
                return text.split_first().is_some_and(|(first, rest)| {
                    glyph.fits(*first, false) && fits_by_trying(after, rest)
                });
            }
        };
        (0..=most).any(|taken| fits_by_trying(after, &text[taken..]))
    }

    /// Returns every list of up to `length_max` of these elements.
    fn lists<T: Copy>(elements: &[T], length_max: usize) -> Vec<Vec<T>> {
        let (mut all, mut last) = (vec![Vec::new()], vec![Vec::new()]);
        for _ in 0..length_max {
            last = last
                .iter()
                .flat_map(|list: &Vec<T>| {
                    elements.iter().map(move |one| [&list[..], &[*one]].concat())
                })
                .collect();
            all.extend(last.clone());
        }
        all
    }

    #[test]
    fn a_fit_is_found_whenever_there_is_one() {
        let (a, colon) = (Glyph::Character('a'), Glyph::Character(':'));
        let glyphs = [a, colon, Glyph::OneInPart, Glyph::Many, Glyph::ManyInPart];
        let texts = lists(&['a', 'b', ':'], 5);
        let mut fitting = 0;
        for pattern in lists(&glyphs, 5) {
            for text in &texts {
                let is_fit = fits_by_trying(&pattern, text);
                let joined: String = text.iter().collect();
                assert_eq!(fits(&pattern, &joined, false), is_fit, "{pattern:?} {joined}");
                fitting += usize::from(is_fit);
            }
        }
        assert!(fitting > 10_000, "only {fitting} pairs fit");
    }
}
