//! The page to step through a run, in a browser: every key and every button does what it says.

use std::fs;

use serde_json::{Value, json};
use stormglass_apps::STORMGLASS;
use stormglass_apps::Tutorial;
use stormglass_sim::App;
use stormglass_sim::report::picture::Picture;
use stormglass_tests::browser::{Browser, Key, Scheme};
use stormglass_tests::play;

use crate::drawings::HANDSHAKE_RACE;
use crate::page::{HOSTILE, STALE_READ};

const DESK: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (420, 900);

/// A page in a browser.
struct Page {
    browser: Browser,
}

impl Page {
    fn of(app: &dyn App, case: &str, size: (u32, u32)) -> Option<Page> {
        let page = Page { browser: Browser::start()? };
        page.show(app, case, size);
        Some(page)
    }

    fn show(&self, app: &dyn App, case: &str, size: (u32, u32)) {
        let run = play(app, case);
        let path = self.browser.folder().join("run.html");
        let command = app.command_line().expect("a command line").replay(&run.case);
        let picture = Picture::of(&run, app.name()).replayed_by(&command);
        fs::write(&path, picture.html()).expect("a temporary file");
        self.browser.open("about:blank", size);
        self.browser.open_file(&path, size);
    }

    fn race() -> Option<Page> {
        Page::of(&Tutorial, HANDSHAKE_RACE, DESK)
    }

    /// Opens with what led to the broken promise.
    fn stale_read() -> Option<Page> {
        Page::of(&Tutorial, STALE_READ, DESK)
    }

    fn look(&self, expression: &str) -> Value {
        self.browser.run(&format!("return {expression}"), &[])
    }

    fn text(&self, id: &str) -> String {
        let text = self.look(&format!("document.getElementById('{id}').textContent"));
        text.as_str().expect("a text").to_owned()
    }

    /// The number of the step that the page is at.
    fn step(&self) -> u32 {
        let position = self.text("position");
        position.split(' ').nth(1).and_then(|number| number.parse().ok()).expect("a number")
    }

    /// Presses a key, and gives the number of the step that the page is at then.
    fn press(&self, key: Key) -> u32 {
        match key {
            Key::Char('D' | '?') => self.browser.press(&[Key::Shift, key]),
            key => self.browser.press(&[key]),
        }
        self.step()
    }

    /// Waits until something is so, for as long as the driver lets a script run.
    fn wait_for(&self, condition: &str) {
        let script = "return new Promise((done) => {
            const look = () => (CONDITION) ? done() : setTimeout(look, 10);
            look();
        })";
        self.browser.run(&script.replace("CONDITION", condition), &[]);
    }

    fn go_to(&self, step: u32) {
        self.browser.run(&format!("location.hash = 'step-{step}'"), &[]);
        self.wait_for(&format!(
            "document.getElementById('position').textContent.startsWith('Step {step} ')"
        ));
    }

    fn is_quiet(&self) {
        assert_eq!(self.browser.complaints(), [""; 0]);
    }
}

#[test]
fn arrows_and_letters_go_step_by_step() {
    let Some(page) = Page::race() else { return };
    assert_eq!(page.step(), 1);
    let keys = [
        (Key::Right, 2),
        (Key::Char('j'), 3),
        (Key::Down, 4),
        (Key::Left, 3),
        (Key::Char('k'), 2),
        (Key::Up, 1),
        (Key::Left, 1),
        (Key::End, 24),
        (Key::Right, 24),
        (Key::Home, 1),
    ];
    for (key, step) in keys {
        assert_eq!(page.press(key), step, "{key:?}");
    }
    page.is_quiet();
}

#[test]
fn letters_go_to_deviations_and_to_the_broken_step() {
    let Some(page) = Page::race() else { return };
    assert_eq!(page.press(Key::Char('d')), 5);
    assert_eq!(page.press(Key::Char('d')), 5, "there is one only");
    assert_eq!(page.press(Key::Char('b')), 24);
    assert_eq!(page.press(Key::Char('D')), 5);
    let words = page.text("words");
    assert!(words.contains("eve.c1.put-eve1-1.reply=late1s"), "{words}");
    assert!(words.contains("takes 1s longer than usual"), "{words}");
    page.is_quiet();
}

#[test]
fn buttons_do_what_keys_do() {
    let Some(page) = Page::stale_read() else { return };
    for (button, step) in [
        ("forward", 10),
        ("last", 25),
        ("previous-deviation", 19),
        ("back", 18),
        ("first", 2),
        ("next-deviation", 19),
        ("broken", 25),
    ] {
        page.browser.click(&format!("#{button}"));
        assert_eq!(page.step(), step, "{button}");
    }
    assert_eq!(page.look("document.getElementById('forward').ariaDisabled"), "true");
    page.browser.click("#forward");
    assert_eq!(page.step(), 25);
    page.browser.click("#help");
    assert_eq!(page.look("document.getElementById('keys').open"), true);
    page.is_quiet();
}

#[test]
fn the_slider_goes_to_the_nearest_step_that_is_to_be_seen() {
    let Some(page) = Page::stale_read() else { return };
    let slide = |to: u32| {
        let script = "const slider = document.getElementById('slider');
            slider.value = arguments[0];
            slider.dispatchEvent(new Event('input'));
            return Number(slider.value);";
        page.browser.run(script, &[json!(to)])
    };
    assert_eq!(slide(19), 19);
    assert_eq!(slide(6), 2, "step 6 has no part in what led to the broken promise");
    page.browser.run("document.getElementById('slider').focus()", &[]);
    assert_eq!(page.press(Key::Right), 10, "and the keys of the slider go the same way");
}

#[test]
fn a_run_is_folded_to_what_led_to_the_broken_promise() {
    let Some(page) = Page::stale_read() else { return };
    let hidden = || page.look("[...document.querySelectorAll('.drawing')].map((it) => it.hidden)");
    assert_eq!(hidden(), json!([true, false]));
    page.go_to(10);
    assert_eq!(page.press(Key::Left), 2);
    assert_eq!(page.press(Key::Char('f')), 2);
    assert_eq!(hidden(), json!([false, true]));
    assert_eq!(page.press(Key::Right), 3);
    let words = page.text("words");
    assert!(words.contains("no part in what led to the broken promise"), "{words}");
    page.browser.click("#fold");
    assert_eq!(page.step(), 2, "step 3 is not to be seen any more");
    page.is_quiet();
}

#[test]
fn a_run_of_which_every_step_matters_has_no_switch() {
    let Some(page) = Page::race() else { return };
    assert_eq!(page.look("document.getElementById('fold-label').hidden"), true);
    assert_eq!(page.press(Key::Char('f')), 1);
    assert_eq!(page.look("document.getElementById('whole').hidden"), false);
    page.is_quiet();
}

#[test]
fn the_address_names_the_step() {
    let Some(page) = Page::race() else { return };
    page.press(Key::End);
    page.wait_for("location.hash === '#step-24'");
    let cause = page.look("document.querySelector('#words a').hash");
    assert_eq!(cause, "#step-23");
    page.browser.click("#words a");
    page.wait_for("document.getElementById('position').textContent.startsWith('Step 23 ')");
    page.browser.run("history.back()", &[]);
    page.wait_for("document.getElementById('position').textContent.startsWith('Step 24 ')");
    page.browser.run("history.forward()", &[]);
    page.wait_for("document.getElementById('position').textContent.startsWith('Step 23 ')");
    page.is_quiet();
}

#[test]
fn an_address_with_a_step_is_opened_there_even_if_it_is_folded_away() {
    let Some(page) = Page::stale_read() else { return };
    let path = page.browser.folder().join("run.html");
    for (fragment, step, is_folded) in
        [("step-19", 19, true), ("step-6", 6, false), ("step-0", 2, true), ("nonsense", 2, true)]
    {
        page.browser.open("about:blank", DESK);
        page.browser.open(&format!("file://{}#{fragment}", path.display()), DESK);
        assert_eq!(page.step(), step, "{fragment}");
        assert_eq!(page.look("document.getElementById('fold').checked"), is_folded, "{fragment}");
    }
    page.is_quiet();
}

#[test]
fn the_reasons_lead_to_their_steps() {
    let Some(page) = Page::race() else { return };
    page.browser.click("dd.because a[href='#step-20']");
    page.wait_for("document.getElementById('position').textContent.startsWith('Step 20 ')");
}

#[test]
fn a_step_is_chosen_with_a_click_and_opened_with_a_second() {
    let Some(page) = Page::stale_read() else { return };
    let is_open = || page.look("document.getElementById('raw').open");
    page.browser.click("#past-10");
    assert_eq!((page.step(), is_open()), (10, json!(false)));
    page.browser.click("#past-10");
    page.wait_for("document.getElementById('raw-content').textContent !== ''");
    assert_eq!((page.step(), is_open()), (10, json!(true)));
    assert!(page.text("raw-content").contains("\"kind\": \"InvocationStarted\""));
}

#[test]
fn the_raw_event_is_shown_and_goes_with_the_step() {
    let Some(page) = Page::race() else { return };
    page.go_to(20);
    page.press(Key::Char('r'));
    page.wait_for("document.getElementById('raw-content').textContent !== ''");
    let raw = page.text("raw-content");
    assert!(raw.contains("\"Post\": {") && raw.contains("\"connection\": \"cyd1\""), "{raw}");
    assert!(raw.contains("The request on the wire"), "{raw}");
    page.press(Key::Right);
    assert!(page.text("raw-content").contains("\"kind\": \"CallApplied\""));
    page.go_to(14);
    let raw = page.text("raw-content");
    assert!(raw.contains("The text of the message"), "{raw}");
    page.press(Key::Enter);
    assert_eq!(page.look("document.getElementById('raw').open"), false);
    page.is_quiet();
}

#[test]
fn the_world_is_told_as_it_is_after_the_step() {
    let Some(page) = Page::race() else { return };
    page.press(Key::End);
    let list = |id: &str| page.text(id);
    let connections = list("connections");
    assert!(connections.contains("eve1 pending, since step 1"), "{connections}");
    assert!(connections.contains("cyd1 open, since step 13"), "{connections}");
    let rows = list("rows");
    assert!(rows.contains("eve1 stored, since step 6"), "{rows}");
    let calls = list("calls");
    assert!(calls.contains("cyd.b2.post-cyd1-1 changed PostToConnection cyd1"), "{calls}");
    assert!(calls.contains("but cyd.b2 ended: nobody waits"), "{calls}");
    let functions = list("functions");
    assert!(functions.contains("cyd.b2 over broadcast for cyd1, ended"), "{functions}");
    assert!(functions.contains("eve.c1 $connect for eve1, runs, since step 3, 28."), "{functions}");
    page.press(Key::Home);
    assert_eq!(list("connections"), "eve1 new pending");
    assert_eq!((list("rows"), list("rows-count")), (String::new(), "none".to_owned()));
    assert_eq!(page.press(Key::End), 24);
    assert_eq!(list("connections"), connections, "there and back again");
}

#[test]
fn the_step_is_said_aloud() {
    let Some(page) = Page::race() else { return };
    page.press(Key::End);
    let said = page.text("announcement");
    assert!(said.starts_with("Step 24 of 24. cyd.b2 ends: returns 500"), "{said}");
    assert!(said.ends_with("Here the promise broke."), "{said}");
}

#[test]
fn the_help_lists_keys_and_is_closed_with_escape() {
    let Some(page) = Page::race() else { return };
    page.press(Key::Char('?'));
    assert_eq!(page.look("document.getElementById('keys').open"), true);
    assert_eq!(page.press(Key::Right), 1, "the page below does not hear of keys");
    page.press(Key::Escape);
    assert_eq!(page.look("document.getElementById('keys').open"), false);
    assert_eq!(page.press(Key::Right), 2);
    page.is_quiet();
}

#[test]
fn every_key_is_in_the_help() {
    let Some(page) = Page::race() else { return };
    let told = "[...document.querySelectorAll('#keys table kbd')].map((it) => it.textContent)";
    let told: Vec<String> = serde_json::from_value(page.look(told)).expect("texts");
    let names = |key: String| match key.as_str() {
        "ArrowRight" => "→".to_owned(),
        "ArrowLeft" => "←".to_owned(),
        "ArrowDown" => "↓".to_owned(),
        "ArrowUp" => "↑".to_owned(),
        _ => key,
    };
    let heard: Vec<String> = serde_json::from_value(page.look("Object.keys(keys)")).expect("texts");
    let mut heard: Vec<String> = heard.into_iter().map(names).collect();
    let mut told: Vec<String> = told.into_iter().filter(|key| key != "Esc").collect();
    heard.sort_unstable();
    told.sort_unstable();
    assert_eq!(heard, told);
}

#[test]
fn only_steps_about_the_chosen_clients_are_on_the_way() {
    let Some(page) = Page::stale_read() else { return };
    page.press(Key::Char('f'));
    page.press(Key::Home);
    page.press(Key::Char('/'));
    assert_eq!(page.look("document.activeElement.id"), "narrow");
    "ana".chars().for_each(|letter| page.browser.press(&[Key::Char(letter)]));
    assert_eq!(page.look("document.querySelectorAll('.chip:not([hidden])').length"), 1);
    page.browser.press(&[Key::Enter]);
    page.browser.press(&[Key::Escape]);
    assert_eq!(page.text("chosen"), "ana");
    assert_eq!(page.step(), 2, "step 1 is about bob");
    assert_eq!(page.press(Key::Right), 10);
    assert_eq!(page.look("document.getElementById('whole-9').matches('.dimmed')"), true);
    assert_eq!(page.look("document.getElementById('whole-10').matches('.dimmed')"), false);
    assert_eq!(page.press(Key::End), 25, "where the promise broke is about everybody");
    assert_eq!(page.press(Key::Left), 16);
    page.browser.click("#all");
    page.go_to(10);
    assert_eq!(page.press(Key::Left), 9);
    assert_eq!(page.look("document.querySelectorAll('.dimmed').length"), 0);
    page.is_quiet();
}

#[test]
fn the_step_and_the_names_of_the_lanes_are_in_sight() {
    let Some(page) = Page::race() else { return };
    for size in [DESK, PHONE] {
        page.show(&Tutorial, HANDSHAKE_RACE, size);
        for key in [Key::End, Key::Home, Key::Char('d')] {
            page.press(key);
            let is_inside = "(() => {
                const box = (element) => element.getBoundingClientRect();
                const outer = box(document.getElementById('diagram'));
                const names = box(document.querySelector('#whole .names'));
                const step = box(document.getElementById('current'));
                return names.top >= outer.top - 1 && names.bottom <= step.top + 1
                    && step.bottom <= outer.bottom + 1;
            })()";
            assert_eq!(page.look(is_inside), true, "{size:?} {key:?}");
        }
    }
}

#[test]
fn the_page_itself_never_scrolls_sideways() {
    let Some(page) = Page::race() else { return };
    for case in [HANDSHAKE_RACE, HOSTILE] {
        for size in [DESK, (1000, 700), (999, 700), PHONE, (320, 600)] {
            page.show(&Tutorial, case, size);
            page.press(Key::Char('r'));
            page.press(Key::End);
            let width = page.look("document.documentElement.scrollWidth");
            assert_eq!(width, size.0, "{size:?} {case}");
        }
    }
}

#[test]
fn a_page_is_dark_or_light_as_its_reader_likes() {
    let Some(page) = Page::race() else { return };
    let background = || page.look("getComputedStyle(document.body).backgroundColor");
    let paper = || page.look("getComputedStyle(document.querySelector('#whole .paper')).fill");
    page.browser.prefer(Scheme::Dark);
    assert_eq!((background(), paper()), ("rgb(13, 17, 23)".into(), "rgb(13, 17, 23)".into()));
    page.press(Key::Char('t'));
    assert_eq!(background(), "rgb(255, 255, 255)");
    assert_eq!(paper(), "rgb(255, 255, 255)");
    assert_eq!(page.text("theme"), "Dark");
    page.browser.click("#theme");
    assert_eq!(background(), "rgb(13, 17, 23)");
    page.is_quiet();
}

#[test]
fn everything_can_be_reached_with_tab() {
    let Some(page) = Page::stale_read() else { return };
    page.go_to(17);
    page.press(Key::Char('/'));
    page.browser.run("document.activeElement.blur()", &[]);
    let mut reached = Vec::new();
    for _ in 0..60 {
        page.browser.press(&[Key::Tab]);
        let id = page.look("document.activeElement.id");
        reached.push(id.as_str().unwrap_or_default().to_owned());
    }
    for id in [
        "replay",
        "copy",
        "first",
        "back",
        "forward",
        "last",
        "slider",
        "next-deviation",
        "broken",
        "fold",
        "theme",
        "help",
        "diagram",
        "narrow",
    ] {
        assert!(reached.iter().any(|other| other == id), "{id}: {reached:?}");
    }
    page.is_quiet();
}

#[test]
fn the_command_is_copied_or_else_selected() {
    let Some(page) = Page::race() else { return };
    page.browser.click("#copy");
    page.wait_for("['Copied', 'Selected'].includes(document.getElementById('copy').textContent)");
    page.browser.run("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))", &[]);
    page.wait_for("document.getElementById('copy').textContent === 'Copy'");
    page.browser.click("#copy");
    page.wait_for("document.getElementById('copy').textContent === 'Selected'");
    let selected = page.look("getSelection().toString()");
    let command = format!("cargo sim replay '{HANDSHAKE_RACE}' --app tutorial");
    assert_eq!(selected, command);
    page.is_quiet();
}

#[test]
fn what_a_client_says_is_shown_and_not_run() {
    let Some(page) = Page::of(&STORMGLASS, HOSTILE, DESK) else { return };
    page.is_quiet();
    page.press(Key::Char('r'));
    let found = "steps.find((step) => step.raw.kind === 'FrameSent').number";
    let number = page.look(found).as_u64().expect("a number");
    page.go_to(u32::try_from(number).expect("a small number"));
    let words = page.text("words");
    assert!(words.contains("</script><script>alert(1)</script><!--]]>"), "{words}");
    let raw = page.text("raw-content");
    assert!(raw.contains("</script><script>alert(1)"), "{raw}");
    page.is_quiet();
}

#[test]
fn two_hundred_clients_can_be_stepped_through() {
    let case = r#"v1 ana:c,i3s,b"x" herd*199:c"#;
    let Some(page) = Page::of(&STORMGLASS, case, DESK) else { return };
    assert_eq!(page.look("document.querySelectorAll('#chips input').length"), 200);
    let last = page.press(Key::End);
    assert!(last > 3_000, "{last}");
    assert_eq!(page.look("document.querySelectorAll('#connections li').length"), 200);
    assert_eq!(page.press(Key::Char('k')), last - 1);
    page.press(Key::Home);
    page.press(Key::Char('/'));
    "herdaa".chars().for_each(|letter| page.browser.press(&[Key::Char(letter)]));
    page.browser.press(&[Key::Enter]);
    page.browser.press(&[Key::Escape]);
    assert_eq!(page.text("chosen"), "herdaa");
    let words = page.text("words");
    assert!(words.contains("herdaa opens a socket"), "{words}");
    page.press(Key::Right);
    assert!(page.text("words").contains("herdaa.c1"), "{}", page.text("words"));
    assert_eq!(page.look("document.querySelectorAll('#connections li').length"), 1);
    page.is_quiet();
}
