//! The browser that these tests look through does what it is told.

use std::fs;

use needs::is_required;
use serde_json::json;
use stormglass_tests::browser::{Browser, Key, Scheme};

/// A page that remembers which keys it hears of, and has other colours in the dark.
const PAGE: &str = r#"<!doctype html>
<meta charset="utf-8">
<title>A page</title>
<style>
  body { background: rgb(255, 255, 255) }
  @media (prefers-color-scheme: dark) { body { background: rgb(0, 0, 0) } }
</style>
<button id="first" onclick="clicks += 1">one</button>
<button id="second">two</button>
<script>
  let clicks = 0;
  const heard = [];
  addEventListener('keydown', (event) => heard.push(event.key));
</script>
"#;

const SIZE: (u32, u32) = (640, 360);

/// A browser with a page of this text.
fn browser_with(page: &str) -> Option<Browser> {
    let browser = Browser::start()?;
    let path = browser.folder().join("page # 100%.html");
    fs::write(&path, page).expect("a temporary file");
    browser.open_file(&path, SIZE);
    Some(browser)
}

#[test]
fn a_script_is_given_json_and_gives_json_back() {
    let Some(browser) = browser_with(PAGE) else { return };
    let sum = browser.run("return arguments[0].map((it) => it + 1)", &[json!([1, 2])]);
    assert_eq!(sum, json!([2, 3]));
    let waited = browser.run("return Promise.resolve({ title: document.title })", &[]);
    assert_eq!(waited, json!({ "title": "A page" }));
    assert_eq!(browser.run("return [innerWidth, innerHeight]", &[]), json!([SIZE.0, SIZE.1]));
}

#[test]
fn keys_arrive_as_a_person_presses_them() {
    let Some(browser) = browser_with(PAGE) else { return };
    let keys = [
        (Key::Left, "ArrowLeft"),
        (Key::Up, "ArrowUp"),
        (Key::Right, "ArrowRight"),
        (Key::Down, "ArrowDown"),
        (Key::Home, "Home"),
        (Key::End, "End"),
        (Key::Enter, "Enter"),
        (Key::Escape, "Escape"),
        (Key::Char('j'), "j"),
        (Key::Char('?'), "?"),
    ];
    keys.iter().for_each(|(key, _)| browser.press(&[*key]));
    let heard = browser.run("return heard", &[]);
    assert_eq!(heard, json!(keys.map(|(_, name)| name)));
}

#[test]
fn the_focus_moves_with_tab_and_back_with_shift() {
    let Some(browser) = browser_with(PAGE) else { return };
    let focus = || browser.run("return document.activeElement.id", &[]);
    browser.press(&[Key::Tab]);
    assert_eq!(focus(), "first");
    browser.press(&[Key::Tab]);
    assert_eq!(focus(), "second");
    browser.press(&[Key::Shift, Key::Tab]);
    assert_eq!(focus(), "first");
    browser.press(&[Key::Enter]);
    browser.click("#first");
    assert_eq!(browser.run("return clicks", &[]), 2);
}

#[test]
fn a_page_sees_which_colours_are_preferred() {
    let Some(browser) = browser_with(PAGE) else { return };
    let background = || browser.run("return getComputedStyle(document.body).backgroundColor", &[]);
    browser.prefer(Scheme::Dark);
    assert_eq!(background(), "rgb(0, 0, 0)");
    let dark = browser.screenshot();
    browser.prefer(Scheme::Light);
    assert_eq!(background(), "rgb(255, 255, 255)");
    assert_ne!(browser.screenshot(), dark);
}

#[test]
fn a_screenshot_is_a_png_of_the_size_of_the_page() {
    let Some(browser) = browser_with(PAGE) else { return };
    let png = browser.screenshot();
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    assert_eq!((number(16), number(20)), SIZE, "the first chunk has the size");
}

#[test]
fn errors_on_the_console_are_seen_once() {
    let Some(browser) = browser_with(PAGE) else { return };
    assert_eq!(browser.errors(), [""; 0]);
    browser.run("console.log('fine'); console.error('wrong')", &[]);
    browser.run("setTimeout(() => { throw new Error('thrown') })", &[]);
    browser.run("return new Promise((done) => setTimeout(done, 50))", &[]);
    let errors = browser.errors();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors[0].contains("wrong") && errors[1].contains("thrown"), "{errors:?}");
    assert_eq!(browser.errors(), [""; 0]);
}

#[test]
fn nothing_of_a_browser_is_left_after_a_test_that_panics() {
    let Some(browser) = browser_with(PAGE) else { return };
    let folder = browser.folder().to_owned();
    let path = folder.to_str().expect("a path of Unicode").to_owned();
    assert!(running(&path) > 0);
    let panics = std::panic::AssertUnwindSafe(move || browser.run("throw new Error('no')", &[]));
    assert!(std::panic::catch_unwind(panics).is_err(), "a script that throws fails the test");
    assert!(!folder.exists());
    assert_eq!(running(&path), 0);
}

/// Counts the processes that have this path in their command line or, like the driver, in their
/// environment.
fn running(path: &str) -> usize {
    let processes = fs::read_dir("/proc").expect("processes").flatten();
    let says = |file: &std::path::Path| {
        fs::read(file).is_ok_and(|text| String::from_utf8_lossy(&text).contains(path))
    };
    let of_ours = processes
        .map(|process| process.path())
        .filter(|process| says(&process.join("cmdline")) || says(&process.join("environ")));
    of_ours.count()
}

#[test]
fn a_browser_is_required_where_ci_has_installed_one() {
    let required = |ci: &str, browser: &str| {
        is_required("STORMGLASS_BROWSER", |name| match name {
            "CI" => Some(ci.to_owned()),
            "STORMGLASS_BROWSER" => Some(browser.to_owned()),
            _ => None,
        })
    };
    assert!(required("true", "required"));
    assert!(!required("true", ""));
    assert!(!required("", "required"), "a person may not have one");
    assert!(!is_required("STORMGLASS_BROWSER", |_| None));
}
