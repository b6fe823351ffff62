//! Paths of routes, with variables in braces, and the paths of requests that fit them.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use super::FrontError;

/// The path of a route: `/pets/{id}`, `/files/{proxy+}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PathPattern {
    text: String,
    segments: Vec<Segment>,
}

/// A segment of a path. The order is that of precedence: a fixed text before a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    /// This text.
    Fixed(String),
    /// Any text, under this name.
    Variable(String),
    /// All the rest of the path, under this name.
    Greedy(String),
}

/// The rank of a path among those that fit a request; a lower one is more specific.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(Vec<u8>);

impl PathPattern {
    /// Parses a path.
    pub(super) fn parse(text: &str) -> Result<PathPattern, FrontError> {
        let wrong = |reason| FrontError::Path { path: text.to_owned(), reason };
        let path = text.strip_prefix('/').ok_or_else(|| wrong("it does not begin with `/`"))?;
        let parts = path.split('/').filter(|_| !path.is_empty());
        let segments: Result<Vec<Segment>, _> = parts.map(parse_segment).collect();
        let segments = segments.map_err(wrong)?;
        let before_last = segments.iter().rev().skip(1);
        if before_last.into_iter().any(|segment| matches!(segment, Segment::Greedy(_))) {
            return Err(wrong("a variable with `+` is only allowed at the end"));
        }
        let mut names: Vec<&str> = segments.iter().filter_map(Segment::name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        if names.len() < count {
            return Err(wrong("two variables have the same name"));
        }
        Ok(PathPattern { text: text.to_owned(), segments })
    }

    /// Returns the path as it was written.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Reports whether two paths fit the same requests.
    pub(super) fn is_alike(&self, other: &PathPattern) -> bool {
        let same = |(one, other): (&Segment, &Segment)| match (one, other) {
            (Segment::Fixed(one), Segment::Fixed(other)) => one == other,
            (one, other) => one.rank() == other.rank(),
        };
        self.segments.len() == other.segments.len()
            && self.segments.iter().zip(&other.segments).all(same)
    }

    /// Returns the values of the variables, still encoded, in a path that fits.
    pub(super) fn variables(&self, path: &str) -> Option<BTreeMap<&str, String>> {
        let mut rest = path.strip_prefix('/').unwrap_or(path);
        let mut values = BTreeMap::new();
        for (index, segment) in self.segments.iter().enumerate() {
            if rest.is_empty() {
                return None;
            }
            if let Segment::Greedy(name) = segment {
                values.insert(name.as_str(), rest.to_owned());
                return Some(values);
            }
            let is_last = index + 1 == self.segments.len();
            let (part, after) = match rest.split_once('/') {
                Some((part, after)) if !is_last => (part, after),
                None => (rest, ""),
                // More segments than the route has, or a slash at the end.
                Some(_) => return None,
            };
            match segment {
                Segment::Fixed(text) if decode(part) == *text => {}
                Segment::Variable(name) if !part.is_empty() => {
                    values.insert(name.as_str(), part.to_owned());
                }
                _ => return None,
            }
            rest = after;
        }
        rest.is_empty().then_some(values)
    }

    /// Returns the rank of the path among those that fit one request.
    pub(super) fn rank(&self) -> Rank {
        Rank(self.segments.iter().map(Segment::rank).collect())
    }

    /// Reports whether the path ends in a variable with `+`.
    pub(super) fn is_greedy(&self) -> bool {
        matches!(self.segments.last(), Some(Segment::Greedy(_)))
    }
}

impl Segment {
    fn name(&self) -> Option<&str> {
        match self {
            Segment::Fixed(_) => None,
            Segment::Variable(name) | Segment::Greedy(name) => Some(name),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Segment::Fixed(_) => 0,
            Segment::Variable(_) => 1,
            Segment::Greedy(_) => 2,
        }
    }
}

/// Decodes the percent-encoding of a text.
pub(super) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn parse_segment(part: &str) -> Result<Segment, &'static str> {
    if part.is_empty() {
        return Err("a segment is empty");
    }
    let inner = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
    let Some(inner) = inner else {
        if part.contains(['{', '}']) {
            return Err("a variable must be a whole segment: `/{name}/`");
        }
        return Ok(Segment::Fixed(part.to_owned()));
    };
    let (name, is_greedy) = inner.strip_suffix('+').map_or((inner, false), |name| (name, true));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-:".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_plain) {
        return Err("the name of a variable has letters, digits and `_.-:` only");
    }
    let name = name.to_owned();
    Ok(if is_greedy { Segment::Greedy(name) } else { Segment::Variable(name) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pattern: &str, path: &str) -> Option<Vec<(String, String)>> {
        let pattern = PathPattern::parse(pattern).expect("a path");
        let values = pattern.variables(path)?;
        Some(values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    #[test]
    fn variables_take_a_segment_or_all_the_rest() {
        for (pattern, path, expected) in [
            ("/", "/", Some("")),
            ("/", "", Some("")),
            ("/", "/a", None),
            ("/pets", "/pets", Some("")),
            ("/pets", "/p%65ts", Some("")),
            ("/pets", "/pets/", None),
            ("/pets", "/cats", None),
            ("/pets/{id}", "/pets/a%20b", Some("id=a%20b")),
            ("/pets/{id}", "/pets", None),
            ("/pets/{id}", "/pets/", None),
            ("/pets/{id}", "/pets/1/2", None),
            ("/{a}/x/{b}", "/1/x/2", Some("a=1 b=2")),
            ("/{proxy+}", "/", None),
            ("/{proxy+}", "/a/b/", Some("proxy=a/b/")),
            ("/pets/{proxy+}", "/pets", None),
            ("/pets/{proxy+}", "/pets/1/2", Some("proxy=1/2")),
        ] {
            let found = values(pattern, path).map(|values| {
                let values = values.iter().map(|(name, value)| format!("{name}={value}"));
                values.collect::<Vec<_>>().join(" ")
            });
            assert_eq!(found.as_deref(), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_malformed_path_is_refused() {
        for path in
            ["", "pets", "/pets/", "//", "/{}", "/{a b}", "/x{a}", "/{a}x", "/{a+}/b", "/{a}/{a}"]
        {
            assert!(PathPattern::parse(path).is_err(), "{path}");
        }
    }
}
