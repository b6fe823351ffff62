//! Programs of clients on real sockets.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use stormglass_probe::{ProgramClient, Target, drive};
use stormglass_sim::client::{ReconnectingProgram, Request};
use stormglass_spec::History;
use stormglass_spec::history::EventKind;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::Request as Upgrade;

async fn accept(listener: &TcpListener) -> (WebSocketStream<TcpStream>, String) {
    let (stream, _) = listener.accept().await.expect("a client");
    let mut asked = String::new();
    let look = |request: &Upgrade, response| {
        let token = request.headers().get("token").and_then(|token| token.to_str().ok());
        asked = format!("{} {}", request.uri(), token.unwrap_or_default());
        Ok(response)
    };
    let socket = tokio_tungstenite::accept_hdr_async(stream, look).await.expect("a handshake");
    (socket, asked)
}

fn shown(history: &History) -> Vec<&str> {
    let shown = history.events.iter().filter_map(|event| match &event.kind {
        EventKind::Presented { text, .. } => Some(&**text),
        _ => None,
    });
    shown.collect()
}

fn ended(history: &History) -> Vec<String> {
    let ends = history.events.iter().filter_map(|event| match &event.kind {
        EventKind::Closed { connection, code, .. } => Some(format!("{connection} {code}")),
        EventKind::CloseSent { connection, code } => Some(format!("{connection} sends {code}")),
        EventKind::HandshakeRefused { connection, status } => {
            Some(format!("{connection} refused {status}"))
        }
        EventKind::HandshakeAborted { connection } => Some(format!("{connection} aborted")),
        _ => None,
    });
    ends.collect()
}

#[tokio::test]
async fn a_program_comes_back_to_a_real_endpoint_and_gets_what_it_missed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (served, is_served) = oneshot::channel();
    let serves = async {
        let (mut first, asked) = accept(&listener).await;
        assert_eq!(asked, "/dev secret");
        assert_eq!(first.next().await.expect("a message").expect("a text"), Message::text("hi"));
        first.send(Message::text("1")).await.expect("it listens");
        first.send(Message::text("3")).await.expect("it listens");
        first.close(None).await.expect("it listens");
        let (mut second, asked) = accept(&listener).await;
        assert_eq!(asked, "/dev?since=1 secret");
        for text in ["3", "2"] {
            second.send(Message::text(text)).await.expect("it listens");
        }
        // Without a close frame.
        drop(second);
        let (mut third, asked) = accept(&listener).await;
        assert_eq!(asked, "/dev?since=3 secret");
        served.send(()).expect("the client runs");
        while let Some(Ok(_)) = third.next().await {}
    };
    let target = Target::parse(&format!("ws://{address}/dev")).expect("an address");
    let headers = [("token".to_owned(), "secret".to_owned())].into();
    let program = ReconnectingProgram::new()
        .with(Request { headers, ..Request::default() })
        .pausing(Duration::from_millis(20))
        .resuming("since", |text| Some(text.to_owned()))
        .ordering(|text| text.parse().ok());
    let messages = vec![(Duration::ZERO, "hi".to_owned())];
    let client = ProgramClient { name: "ana".into(), program: Box::new(program), messages };
    let stop = async { is_served.await.expect("the endpoint runs") };
    let driven = drive(&target, vec![client], stop);
    let (history, ()) = tokio::join!(driven, serves);
    assert_eq!(shown(&history), ["1", "2", "3"]);
    assert_eq!(ended(&history), ["ana1 1005", "ana2 1006", "ana3 sends 1000"]);
}

#[tokio::test]
async fn an_endpoint_that_refuses_is_asked_again_until_the_program_gives_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let target = Target::parse(&format!("ws://{address}")).expect("an address");
    let program = ReconnectingProgram::new().pausing(Duration::from_millis(1));
    let client =
        ProgramClient { name: "ana".into(), program: Box::new(program), messages: Vec::new() };
    let history = drive(&target, vec![client], std::future::pending()).await;
    let refused: Vec<String> = (1..=8).map(|number| format!("ana{number} aborted")).collect();
    assert_eq!(ended(&history), refused);
}
