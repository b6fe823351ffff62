//! A browser that tests look at pages with: Debian's Chromium, headless, driven by ChromeDriver.
//!
//! WebDriver is JSON over HTTP, and a few of its commands are all there is to it here. Each browser
//! has a driver, a port and a profile of its own, so tests may run side by side; all of them end
//! with the test, also when it panics.

mod driver;
mod keys;
mod programs;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use driver::Driver;
pub use keys::Key;
use programs::Programs;

/// The name under which WebDriver hands out an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The colours that the reader of a page prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A running browser with one page.
#[derive(Debug)]
pub struct Browser {
    driver: Driver,
    /// The path of the session, which every command begins with.
    session: String,
    profile: PathBuf,
}

impl Browser {
    /// Starts a browser; says so and gives `None` where there is none on this machine.
    ///
    /// # Panics
    ///
    /// If there is none although CI has installed one, or it does not start.
    pub fn start() -> Option<Browser> {
        if !needs::BROWSER.is_met() {
            return None;
        }
        let programs = Programs::find()?;
        let profile = new_profile();
        let driver = Driver::start(&programs.driver, &profile);
        let mut browser = Browser { driver, session: String::new(), profile };
        let answer = browser.driver.ask("POST", "/session", &capabilities(&programs, &browser));
        let id = answer["sessionId"].as_str().expect("a session has an id");
        browser.session = format!("/session/{id}");
        Some(browser)
    }

    /// A folder that goes with the browser, for pages.
    pub fn folder(&self) -> &Path {
        &self.profile
    }

    /// Opens a page in a viewport of this size, in CSS pixels.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub fn open(&self, url: &str, (width, height): (u32, u32)) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.ask_developer_tools("Emulation.setDeviceMetricsOverride", &size);
        self.post("/url", &json!({ "url": url }));
    }

    /// Opens a file of this machine in a viewport of this size.
    ///
    /// # Panics
    ///
    /// If there is no such file, or the browser does not answer.
    pub fn open_file(&self, path: &Path, size: (u32, u32)) {
        let path = fs::canonicalize(path).expect("a file to open");
        let path = path.to_str().expect("a path of Unicode").replace('%', "%25");
        self.open(&format!("file://{}", path.replace('#', "%23").replace('?', "%3F")), size);
    }

    /// Runs the body of a function in the page, and gives what it returns; a promise is waited for.
    ///
    /// # Panics
    ///
    /// If the script throws, or the browser does not answer.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// Presses some keys together, and lets go of them: real events for whatever has the focus.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub fn press(&self, keys: &[Key]) {
        let event =
            |kind: &str, key: &Key| json!({ "type": kind, "value": key.value().to_string() });
        let down = keys.iter().map(|key| event("keyDown", key));
        let up = keys.iter().rev().map(|key| event("keyUp", key));
        let events: Vec<Value> = down.chain(up).collect();
        let source = json!({ "type": "key", "id": "keyboard", "actions": events });
        self.post("/actions", &json!({ "actions": [source] }));
    }

    /// Clicks in the middle of the first element that a CSS selector finds.
    ///
    /// # Panics
    ///
    /// If there is none, or it cannot be clicked where it is.
    pub fn click(&self, selector: &str) {
        let query = json!({ "using": "css selector", "value": selector });
        let found = self.post("/element", &query);
        let id = found[ELEMENT].as_str().expect("an element has an id");
        self.post(&format!("/element/{id}/click"), &json!({}));
    }

    /// Lets pages know which colours their reader prefers, from now on.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub fn prefer(&self, scheme: Scheme) {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let feature = json!({ "name": "prefers-color-scheme", "value": value });
        self.ask_developer_tools("Emulation.setEmulatedMedia", &json!({ "features": [feature] }));
    }

    /// Returns the content of the viewport as a PNG.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub fn screenshot(&self) -> Vec<u8> {
        let answer = self.driver.ask("GET", &format!("{}/screenshot", self.session), &Value::Null);
        BASE64_STANDARD.decode(answer.as_str().expect("a text")).expect("base64")
    }

    /// The errors on the console since the last time: what scripts threw and logged, and what could
    /// not be loaded.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub fn errors(&self) -> Vec<String> {
        self.console(&["SEVERE"])
    }

    /// The errors and warnings on the console since the last time.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub fn complaints(&self) -> Vec<String> {
        self.console(&["SEVERE", "WARNING"])
    }

    fn console(&self, levels: &[&str]) -> Vec<String> {
        let entries = self.post("/se/log", &json!({ "type": "browser" }));
        let entries = entries.as_array().expect("a list of entries").iter();
        let told = entries.filter(|entry| levels.iter().any(|level| entry["level"] == *level));
        told.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    fn post(&self, command: &str, body: &Value) -> Value {
        self.driver.ask("POST", &format!("{}{command}", self.session), body)
    }

    fn ask_developer_tools(&self, command: &str, parameters: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser ends with its session, and its files with it. Whatever does not, ends here.
        if !self.session.is_empty() {
            let _ = self.driver.try_ask("DELETE", &self.session, &Value::Null);
        }
        self.driver.stop();
        programs::end_all_that_use(&self.profile);
        let _ = fs::remove_dir_all(&self.profile);
    }
}

fn new_profile() -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("stormglass-browser-{}-{number}", std::process::id());
    let profile = std::env::temp_dir().join(name);
    fs::create_dir_all(&profile).expect("a temporary folder");
    profile
}

/// Returns the kind of session to ask for. The pages are ours, so the sandbox, which root and many
/// containers cannot have, is not needed; and no page comes from another machine.
fn capabilities(programs: &Programs, browser: &Browser) -> Value {
    let profile = browser.profile.join("profile");
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
        "--hide-scrollbars",
        "--force-color-profile=srgb",
        // A stranger whose name leads to this machine.
        "--host-resolver-rules=MAP evil.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--lang=en-US",
        &format!("--user-data-dir={}", profile.display()),
    ];
    let options = json!({ "binary": programs.browser, "args": arguments });
    let logs = json!({ "browser": "ALL" });
    let wanted = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": logs });
    json!({ "capabilities": { "alwaysMatch": wanted } })
}
