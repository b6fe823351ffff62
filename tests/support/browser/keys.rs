//! Keys, as WebDriver names them.

/// A key of a keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The key that types this character.
    Char(char),
    /// The arrow to the left.
    Left,
    /// The arrow upwards.
    Up,
    /// The arrow to the right.
    Right,
    /// The arrow downwards.
    Down,
    /// Home.
    Home,
    /// End.
    End,
    /// Tab.
    Tab,
    /// Enter.
    Enter,
    /// Escape.
    Escape,
    /// Shift, for pressing it with another.
    Shift,
    /// Control, likewise.
    Control,
}

impl Key {
    /// The character that stands for it: those of keys without one are in a private area of Unicode
    /// (<https://www.w3.org/TR/webdriver2/#keyboard-actions>).
    pub(super) fn value(self) -> char {
        match self {
            Key::Char(character) => character,
            Key::Left => '\u{e012}',
            Key::Up => '\u{e013}',
            Key::Right => '\u{e014}',
            Key::Down => '\u{e015}',
            Key::Home => '\u{e011}',
            Key::End => '\u{e010}',
            Key::Tab => '\u{e004}',
            Key::Enter => '\u{e007}',
            Key::Escape => '\u{e00c}',
            Key::Shift => '\u{e008}',
            Key::Control => '\u{e009}',
        }
    }
}
