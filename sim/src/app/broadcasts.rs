//! The broadcasts of an application.

use stormglass_spec::history::Acknowledgement;

/// The form of an application's broadcasts: messages that go to all its clients.
///
/// ```
/// use stormglass_sim::Broadcasts;
///
/// /// Broadcasts as most applications write them: an action and data.
/// struct Chat;
///
/// impl Broadcasts for Chat {
///     fn message(&self, data: &str) -> String {
///         format!(r#"{{"action":"broadcast","data":{data}}}"#)
///     }
/// }
///
/// assert_eq!(Chat.message(r#""hi""#), r#"{"action":"broadcast","data":"hi"}"#);
/// assert_eq!(Chat.expected(r#""hi""#), "hi");
/// ```
pub trait Broadcasts {
    /// Returns the message with which a client asks for a broadcast of `data`.
    ///
    /// `data` is a JSON value exactly as the plan writes it.
    fn message(&self, data: &str) -> String;

    /// Returns the text that clients must receive for a broadcast of `data`.
    ///
    /// `data` is a JSON value exactly as the plan writes it.
    fn expected(&self, data: &str) -> String {
        match serde_json::from_str::<String>(data) {
            Ok(text) => text,
            Err(_) => data.to_owned(),
        }
    }

    /// Returns the acknowledgement in a response to a broadcast; `None` if it has none.
    ///
    /// An acknowledgement says that the service carried the broadcast out. It may have counts. By
    /// default no response says so.
    fn acknowledgement(&self, status: u16, body: Option<&str>) -> Option<Acknowledgement> {
        let _ = (status, body);
        None
    }
}
