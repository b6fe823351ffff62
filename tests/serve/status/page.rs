//! The page in a browser.

use std::time::Duration;

use serde_json::{Value, json};
use stormglass_apps::STORMGLASS;
use stormglass_tests::browser::{Browser, Key};

use super::served::Served;

const WIDE: (u32, u32) = (1280, 900);
const NARROW: (u32, u32) = (420, 900);

/// A browser that looks at the page of a server.
struct Visit {
    browser: Browser,
}

impl Visit {
    fn to(served: &Served, size: (u32, u32)) -> Option<Visit> {
        let browser = Browser::start()?;
        browser.open(&format!("http://{}/", served.status), size);
        let visit = Visit { browser };
        visit.until("document.querySelector('#live').textContent === 'live'");
        Some(visit)
    }

    fn run(&self, script: &str) -> Value {
        self.browser.run(script, &[])
    }

    /// Waits until an expression is true in the page.
    fn until(&self, expression: &str) {
        for _ in 0..600 {
            if self.run(&format!("return Boolean({expression})")) == json!(true) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let page = self.run("return document.body.innerText");
        panic!("never: {expression}\n{page}");
    }

    fn until_text(&self, selector: &str, text: &str) {
        let text = serde_json::to_string(text).expect("a text");
        self.until(&format!("document.querySelector('{selector}')?.textContent.includes({text})"));
    }

    fn press(&self, keys: &str) {
        for key in keys.chars() {
            self.browser.press(&[Key::Char(key)]);
        }
    }

    /// What has the focus.
    fn focus(&self) -> String {
        let focus = self.run("return document.activeElement.id || document.activeElement.tagName");
        focus.as_str().expect("a text").to_owned()
    }

    fn assert_no_errors(&self) {
        assert_eq!(self.browser.complaints(), Vec::<String>::new());
    }
}

#[test]
fn a_client_of_the_page_broadcasts_and_everything_is_seen() {
    let served = Served::start(&STORMGLASS);
    let Some(visit) = Visit::to(&served, WIDE) else { return };
    visit.browser.click("#connect");
    visit.until_text("#clients-count", "1 connected");
    visit.browser.click("#connect");
    visit.until_text("#clients-count", "2 connected");
    visit.browser.click("#message");
    visit.press("hello");
    visit.browser.click("#broadcast");
    visit.until_text("#clients [data-key=\"1\"] .came", "hello");
    visit.until_text("#clients [data-key=\"2\"] .got", "\"delivered\":2");
    visit.until_text("#announcement", "got");
    visit.until_text("#connections-count", "2 connections");
    visit.until_text("#connections", "b1");
    visit.until_text("#rows-count", "2 rows");
    visit.until_text("#rows", "b1");
    visit.until_text("#events", "broadcasts \"hello\"");
    visit.until_text("#diagram", "broadcast \"hello\"");
    visit.until_text("#invocations .main-word", "b.b1");
    visit.browser.click("#invocations summary");
    visit.until_text("#invocations .log", "delivered=2");
    visit.browser.click("#clients [data-key=\"1\"] button");
    visit.until_text("#clients [data-key=\"1\"] .end", "closed, 1000");
    visit.until_text("#connections-count", "1 connection");
    visit.assert_no_errors();
}

#[test]
fn the_page_can_be_used_with_keys_alone() {
    let served = Served::start(&STORMGLASS);
    let Some(visit) = Visit::to(&served, WIDE) else { return };
    visit.press("c");
    visit.until_text("#clients-count", "1 connected");
    visit.press("m");
    assert_eq!(visit.focus(), "message");
    visit.press("cmp?/");
    assert_eq!(visit.run("return document.querySelector('#message').value"), json!("cmp?/"));
    visit.run("document.querySelector('#message').value = ''");
    visit.press("hi");
    let control = Key::Control;
    visit.browser.press(&[control, Key::Enter]);
    visit.until_text("#clients .came", "hi");
    visit.browser.press(&[control, Key::Shift, Key::Enter]);
    visit.until_text("#clients .got", "the message is not valid JSON");
    let mut met = Vec::new();
    for _ in 0..40 {
        visit.browser.press(&[Key::Tab]);
        met.push(visit.focus());
        let outline = visit.run(
            "return document.activeElement === document.body \
             || getComputedStyle(document.activeElement).outlineStyle === 'solid'",
        );
        assert_eq!(outline, json!(true), "{met:?}");
    }
    for place in ["broadcast", "send", "diagram", "table", "find", "theme"] {
        assert!(met.iter().any(|it| it == place), "{place} is not in {met:?}");
    }
    visit.run("document.activeElement.blur()");
    visit.press("4");
    assert_eq!(visit.focus(), "diagram");
    visit.press("?");
    visit.until("document.querySelector('#keys').open");
    visit.browser.press(&[Key::Escape]);
    visit.until("!document.querySelector('#keys').open");
    visit.press("/");
    assert_eq!(visit.focus(), "find");
    visit.press("$connect");
    visit.until_text("#events-count", "of the latest");
    visit.until(
        "[...document.querySelectorAll('#events > li')].every((it) => \
                 it.textContent.includes('$connect'))",
    );
    visit.assert_no_errors();
}

#[test]
fn hostile_text_is_text() {
    let served = Served::start(&STORMGLASS);
    let Some(visit) = Visit::to(&served, WIDE) else { return };
    visit.browser.click("#connect");
    visit.until_text("#clients-count", "1 connected");
    let hostile =
        "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>\u{202e}live\u{0}";
    let set = "document.querySelector('#message').value = arguments[0]";
    visit.browser.run(set, &[json!(hostile)]);
    visit.browser.click("#broadcast");
    visit.until_text("#clients .came", "<script>window.hit = 1</script>");
    visit.until_text("#clients .came", "\\u{202e}live\\u{0}");
    visit.until_text("#events", "<script>");
    visit.until_text("#diagram", "<script>");
    visit.browser.click("#send");
    visit.until_text("#clients .got", "not valid JSON");
    visit.browser.run(set, &[json!("x".repeat(30_000))]);
    visit.browser.click("#broadcast");
    visit.until_text("#clients .came:nth-last-child(2)", "(30000 characters)");
    visit.until_text("#events", "(30000 bytes)");
    assert_eq!(visit.run("return window.hit ?? null"), Value::Null);
    assert_eq!(visit.run("return document.querySelectorAll('main img, main script').length"), 0);
    visit.assert_no_errors();
}

#[test]
fn a_page_outlives_its_server() {
    let served = Served::start(&STORMGLASS);
    let Some(visit) = Visit::to(&served, WIDE) else { return };
    let ports = served.ports();
    visit.browser.click("#connect");
    visit.until_text("#connections-count", "1 connection");
    served.stop();
    visit.until_text("#live", "trying again");
    visit.until_text("#clients .end", "closed, 1001");
    let served = Served::start_at(ports, &STORMGLASS);
    visit.until_text("#live", "live");
    visit.until_text("#connections-count", "0 connections");
    visit.browser.click("#connect");
    visit.until_text("#connections", "a1");
    served.stop();
}

#[test]
fn a_held_page_stays_as_it_is_until_it_goes_on() {
    let served = Served::start(&STORMGLASS);
    let Some(visit) = Visit::to(&served, WIDE) else { return };
    visit.press("p");
    visit.until_text("#live", "held still");
    served.block_on(async {
        let client = served.connect().await;
        client.close().await;
    });
    assert_eq!(visit.run("return document.querySelector('#events').children.length"), json!(0));
    visit.press("p");
    visit.until_text("#events", "opens a socket");
}

#[test]
fn nothing_is_wider_than_the_page() {
    let served = Served::start(&STORMGLASS);
    let Some(visit) = Visit::to(&served, NARROW) else { return };
    visit.browser.click("#connect");
    visit.until_text("#connections", "a1");
    visit.until("document.querySelector('#diagram svg')");
    for width in [320, 420, 1_280] {
        visit.browser.open(&format!("http://{}/", served.status), (width, 900));
        visit.until("document.querySelector('#diagram svg')");
        let wide = visit.run("return document.documentElement.scrollWidth - innerWidth");
        assert_eq!(wide, json!(0), "{width}");
    }
}
