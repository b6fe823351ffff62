//! A page of a stranger in a browser, on the machine of a developer whose server runs.

use serde_json::{Value, json};
use stormglass_apps::STORMGLASS;
use stormglass_dynamodb::{DynamoDb, Limits};
use stormglass_tests::browser::Browser;
use stormglass_tests::ported::PortedDynamoDb;

use crate::status::served::{Client, Served};

const SIZE: (u32, u32) = (400, 300);

/// The name of a stranger, which the browser takes to this machine.
const STRANGER: &str = "evil.test";

const LIST_TABLES: &str = "
    const [url] = arguments;
    const headers = {
        'authorization': 'AWS4-HMAC-SHA256 Credential=a, SignedHeaders=a, Signature=a',
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-date': '20260101T000000Z',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
    };
    return fetch(url, { method: 'POST', headers, body: '{}' })
        .then((answer) => answer.text(), () => 'blocked');";

const READ: &str = "
    return fetch(arguments[0]).then((answer) => answer.text(), () => 'blocked');";

/// A post whose answer the page cannot read, which browsers send without asking first.
const POST_BLINDLY: &str = "
    const [url] = arguments;
    return fetch(url, { method: 'POST', mode: 'no-cors', body: 'from a stranger' })
        .then(() => 'sent', () => 'blocked');";

const OPEN_SOCKET: &str = "
    const socket = new WebSocket(arguments[0]);
    return new Promise((settled) => {
        socket.onopen = () => settled('open');
        socket.onerror = () => settled('blocked');
    });";

/// A server, a client of it, and a browser.
struct Visit {
    served: Served,
    victim: Client,
    /// The path of the client at `@connections`.
    path: String,
    browser: Browser,
    /// A program that has nothing to do with the server: its address is that of pages.
    other: PortedDynamoDb,
}

impl Visit {
    fn start() -> Option<Visit> {
        let browser = Browser::start()?;
        let served = Served::start(&STORMGLASS);
        let victim = served.block_on(served.connect());
        let id = served.recorder.connections(1).0[0].id.replace('=', "%3D");
        let other = PortedDynamoDb::start(DynamoDb::new(Limits::default()));
        let path = format!("/prod/@connections/{id}");
        Some(Visit { served, victim, path, browser, other })
    }

    /// Opens a page that a program on a port serves, by the name of its host.
    fn open(&self, host: &str, port: u16) {
        self.browser.open(&format!("http://{host}:{port}/"), SIZE);
        let opened = self.browser.run("return location.origin", &[]);
        assert_eq!(opened, json!(format!("http://{host}:{port}")));
    }

    fn run(&self, script: &str, url: String) -> String {
        let result = self.browser.run(script, &[Value::from(url)]);
        result.as_str().expect("a text").to_owned()
    }

    /// Ends everything, after a message from a program has reached the client as its first.
    fn stop(self) {
        let Visit { served, mut victim, path, other, .. } = self;
        let post = hyper::Request::post(path);
        served.block_on(async {
            let accepted = served.http_with(served.gateway, post, "from a program").await;
            assert_eq!(accepted.status(), 200);
            assert_eq!(victim.next().await, "from a program");
            victim.close().await;
        });
        other.stop();
        served.stop();
    }
}

#[test]
fn a_page_of_a_stranger_reads_nothing_and_changes_nothing() {
    let Some(visit) = Visit::start() else { return };
    let Served { gateway, table, status, .. } = &visit.served;
    visit.open(STRANGER, visit.other.address().port());
    assert_eq!(visit.run(LIST_TABLES, format!("http://{table}/")), "blocked");
    assert_eq!(visit.run(READ, format!("http://{gateway}{}", visit.path)), "blocked");
    assert_eq!(visit.run(READ, format!("http://{status}/api/state")), "blocked");
    visit.run(POST_BLINDLY, format!("http://{gateway}{}", visit.path));
    assert_eq!(visit.run(OPEN_SOCKET, format!("ws://{gateway}/")), "open");
    visit.stop();
}

/// The last step of DNS rebinding: the page has the same origin as the port.
#[test]
fn a_name_that_was_made_to_lead_here_leads_to_refusals() {
    let Some(visit) = Visit::start() else { return };
    let [gateway, table, status] = visit.served.ports();
    for (port, script, path) in [
        (table, LIST_TABLES, "/"),
        (gateway, READ, visit.path.as_str()),
        (gateway, POST_BLINDLY, visit.path.as_str()),
        (status, READ, "/api/state"),
    ] {
        visit.open(STRANGER, port);
        let text = visit.run(script, format!("http://{STRANGER}:{port}{path}"));
        assert!(text.contains("AccessDeniedException") || text == "sent", "{path}: {text}");
    }
    assert_eq!(visit.run(OPEN_SOCKET, format!("ws://{STRANGER}:{gateway}/")), "blocked");
    visit.stop();
}

#[test]
fn a_page_of_this_machine_uses_the_tables() {
    let Some(visit) = Visit::start() else { return };
    let [_, table, status] = visit.served.ports();
    visit.open("127.0.0.1", visit.other.address().port());
    let tables = visit.run(LIST_TABLES, format!("http://127.0.0.1:{table}/"));
    assert_eq!(tables, r#"{"TableNames":["stormglass-connections"]}"#);
    assert_eq!(visit.run(READ, format!("http://127.0.0.1:{status}/api/state")), "blocked");
    visit.stop();
}
