//! The tokens of expressions.

/// A piece of an expression, with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind,
    pub(super) text: &'a str,
    pub(super) start: usize,
}

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// An attribute, a function or a keyword.
    Word,
    /// A placeholder for a name, `#` included.
    Name,
    /// A placeholder for a value, `:` included.
    Value,
    /// Digits.
    Index,
    /// A comparison, a bracket, a comma or a dot; or a character that fits nowhere.
    Symbol,
    End,
}

impl Token<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(super) fn is(&self, symbol: &str) -> bool {
        self.kind == TokenKind::Symbol && self.text == symbol
    }

    /// True for this keyword, in upper or lower case.
    pub(super) fn is_keyword(&self, keyword: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(keyword)
    }
}

/// Splits an expression into tokens. The last one, and no other, is the end.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while let Some(first) = rest.chars().next() {
        let (kind, length) = measure(rest, first);
        let (piece, behind) = rest.split_at(length);
        tokens.push(Token { kind, text: piece, start: text.len() - rest.len() });
        rest = behind.trim_start_matches(is_space);
    }
    tokens.push(Token { kind: TokenKind::End, text: "", start: text.len() });
    tokens
}

/// Returns the kind and the length of the token at the start of `rest`.
fn measure(rest: &str, first: char) -> (TokenKind, usize) {
    let run = |from: usize, belongs: fn(char) -> bool| {
        let tail = &rest[from..];
        from + tail.find(|char| !belongs(char)).unwrap_or(tail.len())
    };
    match first {
        '#' if run(1, is_word) > 1 => (TokenKind::Name, run(1, is_word)),
        ':' if run(1, is_word) > 1 => (TokenKind::Value, run(1, is_word)),
        '0'..='9' => (TokenKind::Index, run(0, |char| char.is_ascii_digit())),
        _ if is_word(first) => (TokenKind::Word, run(0, is_word)),
        _ if ["<>", "<=", ">="].iter().any(|symbol| rest.starts_with(symbol)) => {
            (TokenKind::Symbol, 2)
        }
        _ => (TokenKind::Symbol, first.len_utf8()),
    }
}

fn is_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_'
}

fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_has_its_kind_and_text() {
        let kinds: Vec<_> = tokens("a1<>#n AND f(:v)\n<= x[10].é#:")
            .iter()
            .map(|token| (token.kind, token.text))
            .collect();
        let expected = [
            (TokenKind::Word, "a1"),
            (TokenKind::Symbol, "<>"),
            (TokenKind::Name, "#n"),
            (TokenKind::Word, "AND"),
            (TokenKind::Word, "f"),
            (TokenKind::Symbol, "("),
            (TokenKind::Value, ":v"),
            (TokenKind::Symbol, ")"),
            (TokenKind::Symbol, "<="),
            (TokenKind::Word, "x"),
            (TokenKind::Symbol, "["),
            (TokenKind::Index, "10"),
            (TokenKind::Symbol, "]"),
            (TokenKind::Symbol, "."),
            (TokenKind::Symbol, "é"),
            (TokenKind::Symbol, "#"),
            (TokenKind::Symbol, ":"),
            (TokenKind::End, ""),
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn keywords_are_known_in_any_case_and_only_whole() {
        assert!(tokens("bEtWeEn")[0].is_keyword("BETWEEN"));
        assert!(!tokens("inner")[0].is_keyword("IN"));
        assert!(!tokens("#in")[0].is_keyword("#IN"));
    }
}
