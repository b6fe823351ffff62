//! How messages look, and what is said where nobody can tell.

use std::path::Path;

use stormglass_probe::MessageFormat;

fn error(text: &str) -> String {
    MessageFormat::parse("a.toml", text).expect_err("it is broken").to_string()
}

#[test]
fn every_format_of_the_repository_can_be_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("formats");
    let mut formats = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        MessageFormat::read(&path).expect("a format");
        formats += 1;
    }
    assert_eq!(formats, 3);
}

#[test]
fn an_error_says_which_line_and_what_to_do() {
    let answers = "\n[answers]\nacknowledged = \"silence\"\n";
    let good = "broadcast = '{\"data\":${data}}'";
    assert!(MessageFormat::parse("a.toml", &format!("{good}{answers}")).is_ok());
    for (text, expected) in [
        (format!("{good}\npayload = 1{answers}"), "a.toml, line 2: unknown field `payload`"),
        (format!("{good}\n\n= 1"), "a.toml, line 3: "),
        (
            format!("\nbroadcast = 'hello'{answers}"),
            "a.toml, line 2: `broadcast` has no ${data}; put it in the place of the data",
        ),
        (
            format!("{good}\n[answers]\nacknowledged = \"reply\"\n"),
            "a.toml, line 3: an API that acknowledges by a reply needs `reply`, a",
        ),
        (
            format!("{good}\n[answers]\nacknowledged = \"maybe\"\n"),
            "a.toml, line 3: unknown variant `maybe`, expected one of `reply`, `silence`, `never`",
        ),
        (
            format!("{good}{answers}reply = \"ack\"\n"),
            "a.toml, line 4: \"ack\" is no JSON pointer; a pointer begins with a /",
        ),
        (
            format!("{good}\npayloads = []{answers}"),
            "a.toml, line 2: `payloads` is empty; list \"text\", \"json\" or both",
        ),
        (format!("{good}\n"), "a.toml, line 1: missing field `answers`"),
    ] {
        let error = error(&text);
        assert!(error.starts_with(expected), "{error}\nfor\n{text}");
        assert!(error.ends_with("; sim/probe/formats has examples"), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let error = MessageFormat::read(Path::new("nowhere.toml")).expect_err("there is none");
    assert!(error.to_string().starts_with("nowhere.toml cannot be read: "), "{error}");
}
