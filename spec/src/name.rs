//! The names of everything in a history, and their grammar.
//!
//! | type | subject | examples |
//! |---|---|---|
//! | [`ClientName`] | a client: lower-case letters | `ana` |
//! | [`ConnectionName`] | a connection: its client, and an ordinal among that client's | `ana1` |
//! | [`MessageName`] | a step of a client, and the message that it sends | `bob.b1` |
//! | | the first message that an invocation hands to a place, such as a queue | `bob.b1>jobs1` |
//! | [`InvocationName`] | an invocation of a message or of a phase | `bob.b1`, `ana.c1` |
//! | | a second invocation for the same event (FACTS 4.7) | `bob.b1+2`, `bob.b1>jobs1+2` |
//! | [`CallName`] | a call: its invocation, operation, target and attempt | `bob.b1.post-ana1-1` |
//! | [`RowName`] | a row: its key, with connections by their names | `ana1`, `red/ana1` |
//! | | with its table, where there are several | `games/red` |
//!
//! Two kinds of name overlap on purpose: a row that is about a connection has the connection's
//! name, and an invocation has the name of its message. A [`Name`] is a name of any kind.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text of the name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, text: &str) -> bool {
                &*self.0 == text
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, text: &&str) -> bool {
                &*self.0 == *text
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> $name {
                $name(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> $name {
                $name(text.into())
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }
    )+};
}

names! {
    /// The name of a client: `ana`.
    ClientName;
    /// The name of a connection: `ana1` is ana's first.
    ConnectionName;
    /// The name of a client's step and of the message that it sends, or of a message that an
    /// invocation hands to another service: `bob.b1`, `bob.b1>jobs1`.
    MessageName;
    /// The name of an invocation: `bob.b1`, `ana.c1`, `bob.b1+2`.
    InvocationName;
    /// The name of a call: `bob.b1.post-ana1-1`.
    CallName;
    /// The name of a row: `ana1`, `red/ana1`, `games/red`.
    RowName;
    /// A name of any kind.
    Name;
}

/// The phase of a connection that runs an invocation beside those of its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConnectionPhase {
    /// The authorizer's decision.
    Authorize,
    /// The `$connect` route.
    Connect,
    /// The `$disconnect` route.
    Disconnect,
}

impl ConnectionPhase {
    fn letters(self) -> &'static str {
        match self {
            ConnectionPhase::Authorize => "auth",
            ConnectionPhase::Connect => "c",
            ConnectionPhase::Disconnect => "d",
        }
    }
}

impl ClientName {
    /// The client's connection with this ordinal.
    pub fn connection(&self, ordinal: u32) -> ConnectionName {
        format!("{self}{ordinal}").into()
    }

    /// The client's step of a kind, given as the letters of the kind, with this ordinal.
    pub fn step(&self, kind: &str, ordinal: u32) -> MessageName {
        format!("{self}.{kind}{ordinal}").into()
    }

    /// The client with this number, from 1, among copies of one client: `herda`, `herdb`, ...
    pub fn copy(&self, number: u32) -> ClientName {
        format!("{self}{}", letters(number)).into()
    }
}

impl ConnectionName {
    /// The text of the client's name: `ana` for `ana1`.
    pub fn client(&self) -> &str {
        client_of(self)
    }

    /// The invocation of this phase: `ana.c1` for `ana1` and its `$connect`.
    pub fn invocation(&self, phase: ConnectionPhase) -> InvocationName {
        let client = self.client();
        let ordinal = &self[client.len()..];
        format!("{client}.{}{ordinal}", phase.letters()).into()
    }

    /// The name of the row whose whole key is the connection's id.
    pub fn row(&self) -> RowName {
        RowName(self.0.clone())
    }
}

impl MessageName {
    /// The first invocation for the message.
    pub fn invocation(&self) -> InvocationName {
        InvocationName(self.0.clone())
    }
}

impl InvocationName {
    /// The invocation that a duplicate of the same event starts (FACTS 4.7).
    pub fn duplicate(&self) -> InvocationName {
        self.repeated(2)
    }

    /// The invocation with this number, from 2, for the event of the first one.
    pub fn repeated(&self, number: u32) -> InvocationName {
        format!("{self}+{number}").into()
    }

    /// True if an earlier invocation was started for the same event.
    pub fn is_duplicate(&self) -> bool {
        self.message_text().len() < self.len()
    }

    /// The message that the invocation is about; its connection's step if it is about no message.
    pub fn message(&self) -> MessageName {
        if self.is_duplicate() {
            return self.message_text().into();
        }
        MessageName(self.0.clone())
    }

    /// The text of [`InvocationName::message`].
    pub fn message_text(&self) -> &str {
        let last = self.rfind('>').unwrap_or(0);
        self[last..].find('+').map_or(self, |end| &self[..last + end])
    }

    /// The message with this ordinal that the invocation hands to a place, such as a queue.
    pub fn hands(&self, place: &str, ordinal: u32) -> MessageName {
        // A name may end with a digit, which must not run into the ordinal.
        let gap = if place.ends_with(|c: char| c.is_ascii_digit()) { "-" } else { "" };
        format!("{self}>{place}{gap}{ordinal}").into()
    }

    /// The connection that the invocation begins or ends: `ana1` for `ana.c1` and `ana.d1+2`.
    pub fn connection(&self) -> ConnectionName {
        let message = self.message_text();
        let client = message.split('.').next().unwrap_or_default();
        let ordinal = message.trim_start_matches(|c: char| !c.is_ascii_digit());
        format!("{client}{ordinal}").into()
    }

    /// The invocation's call of an operation, such as `post-ana1`, at this attempt.
    pub fn call(&self, operation: &str, attempt: u32) -> CallName {
        format!("{self}.{operation}-{attempt}").into()
    }
}

impl CallName {
    /// The text of the invocation's name: `bob.b1` for `bob.b1.post-ana1-1`.
    pub fn invocation(&self) -> &str {
        self.rsplit_once('.').map_or(self, |(invocation, _)| invocation)
    }

    /// The operation with its target and the attempt: `post-ana1-1`.
    pub fn operation(&self) -> &str {
        self.rsplit_once('.').map_or(self, |(_, operation)| operation)
    }
}

impl Name {
    /// The text of the name of the client that a name begins with: `ana` for `ana1`, `ana.b1` and
    /// `ana.b1.post-bob1-1`.
    pub fn client(text: &str) -> &str {
        client_of(text.split('.').next().unwrap_or_default())
    }

    /// The role of the named thing, without the names of clients and without ordinals: `connection`
    /// for `ana1`, `b` for `bob.b1` and `bob.b1+2`, `b.post` for `bob.b1.post-ana1-2`, `b>jobs`
    /// for `bob.b1>jobs1`.
    pub fn role(&self) -> String {
        let ends = |c: char| c.is_ascii_digit() || c == '-';
        let stem = |part: &str| part.split(ends).next().unwrap_or_default().to_owned();
        let mut parts = self
            .split('.')
            .skip(1)
            .map(|part| part.split('>').map(stem).reduce(|role, part| format!("{role}>{part}")));
        let first = parts.next().flatten().unwrap_or_else(|| "connection".to_owned());
        parts.flatten().fold(first, |role, part| format!("{role}.{part}"))
    }

    /// The name without the marks of duplicates: `bob.b1` for `bob.b1+2`.
    pub fn without_duplicate(&self) -> Name {
        let mut parts = self.split('+');
        let first = parts.next().unwrap_or_default().to_owned();
        let rest = parts.map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()));
        rest.fold(first, |name, part| name + part).into()
    }
}

macro_rules! into_name {
    ($($name:ident)+) => {$(
        impl From<$name> for Name {
            fn from(name: $name) -> Name {
                Name(name.0)
            }
        }

        impl From<&$name> for Name {
            fn from(name: &$name) -> Name {
                Name(name.0.clone())
            }
        }
    )+};
}

into_name! { ClientName ConnectionName MessageName InvocationName CallName RowName }

fn client_of(connection: &str) -> &str {
    connection.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// A whole number as letters: a, b, ... z, aa, ab and so on.
fn letters(mut number: u32) -> String {
    let mut letters = Vec::new();
    while number > 0 {
        let digit = u8::try_from((number - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'a' + digit));
        number = (number - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_has_its_client_and_its_invocations() {
        let ana1 = ClientName::from("ana").connection(1);
        assert_eq!(ana1.as_str(), "ana1");
        assert_eq!(ana1.client(), "ana");
        assert_eq!(ana1.invocation(ConnectionPhase::Authorize).as_str(), "ana.auth1");
        for phase in [ConnectionPhase::Connect, ConnectionPhase::Disconnect] {
            assert_eq!(ana1.invocation(phase).connection(), ana1);
            assert_eq!(ana1.invocation(phase).duplicate().connection(), ana1);
        }
    }

    #[test]
    fn an_invocation_has_its_message_and_its_calls() {
        let message = ClientName::from("bob").step("b", 1);
        let invocation = message.invocation();
        assert_eq!(invocation.duplicate().as_str(), "bob.b1+2");
        assert_eq!(invocation.duplicate().message(), message);
        let call = invocation.call("post-ana1", 2);
        assert_eq!(call.as_str(), "bob.b1.post-ana1-2");
        assert_eq!((call.invocation(), call.operation()), ("bob.b1", "post-ana1-2"));
    }

    #[test]
    fn names_of_a_kind_have_one_role() {
        for (name, wanted) in [
            ("ana1", "connection"),
            ("herdqq12", "connection"),
            ("bob.b1", "b"),
            ("bob.b12+2", "b"),
            ("ana.auth1", "auth"),
            ("bob.b1.post-ana1-2", "b.post"),
            ("bob.b1>jobs1", "b>jobs"),
            ("bob.b1+2>jobs1+3.post-ana1-1", "b>jobs.post"),
        ] {
            assert_eq!(Name::from(name).role(), wanted, "{name}");
        }
    }

    #[test]
    fn a_message_of_an_invocation_has_the_invocation_in_its_name() {
        let invocation = InvocationName::from("bob.b1+2");
        let message = invocation.hands("jobs", 1);
        assert_eq!(message.as_str(), "bob.b1+2>jobs1");
        assert_eq!(invocation.hands("v2", 1).as_str(), "bob.b1+2>v2-1");
        assert!(!message.invocation().is_duplicate());
        assert_eq!(message.invocation().message(), message);
        let again = message.invocation().repeated(3);
        assert_eq!((again.as_str(), again.is_duplicate()), ("bob.b1+2>jobs1+3", true));
        assert_eq!(again.message(), message);
        assert_eq!(again.call("scan", 1).invocation(), again.as_str());
        assert_eq!(Name::from(again).without_duplicate().as_str(), "bob.b1>jobs1");
    }

    #[test]
    fn copies_of_a_client_are_lettered() {
        let copy = |number| ClientName::from("herd").copy(number);
        assert_eq!(
            [copy(1), copy(26), copy(27)].map(|it| it.to_string()),
            ["herda", "herdz", "herdaa"]
        );
    }
}
