//! Pairs of names and values in queries and forms (`application/x-www-form-urlencoded`).

use percent_encoding::percent_decode_str;

/// Reads the pairs of a form in their order. A pair without `=` has an empty value; bytes that are
/// no UTF-8 become replacement characters.
pub(crate) fn read_form(form: &str) -> Vec<(String, String)> {
    let pairs = form.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, value)| (decode(name), decode(value))).collect()
}

fn decode(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_in_their_order() {
        let pairs = read_form("b=1%202&a=x+y&&c&a=%C3%A9&d=1=2");
        let expected = [("b", "1 2"), ("a", "x y"), ("c", ""), ("a", "é"), ("d", "1=2")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs, expected);
        assert_eq!(read_form(""), []);
    }
}
