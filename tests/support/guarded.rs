//! The production handlers behind the production authorizer.

use std::rc::Rc;

use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use stormglass_apps::STORMGLASS;
use stormglass_authorizer::{Authorizer, Keys, Settings};
use stormglass_sim::Upgrade;
use stormglass_sim::case::{Action, Plan};
use stormglass_sim::stack::Stack;
use stormglass_sim::{App, Handler, Sdk, handler};
use stormglass_spec::EPOCH_MS;
use stormglass_spec::history::Acknowledgement;

const SECRET: &str = "a secret that is long enough ...";

/// The production handlers behind the production authorizer.
#[derive(Clone, Copy, Debug, Default)]
pub struct GuardedHandlers;

impl App for GuardedHandlers {
    fn name(&self) -> &str {
        "guarded"
    }

    fn stack(&self) -> Stack {
        STORMGLASS.stack().authorized_by("on-authorize")
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        if function != "on-authorize" {
            return STORMGLASS.start(function, sdk);
        }
        let keys = Keys::from_secret(SECRET).expect("the secret is long enough");
        let settings = Settings::new(keys, "issuer", "chat");
        let authorizer = Rc::new(Authorizer::new(settings, sdk.time_source()));
        handler(move |event| {
            let authorizer = Rc::clone(&authorizer);
            async move { authorizer.handle(event).await }
        })
    }

    fn broadcast(&self, data: &str) -> String {
        STORMGLASS.broadcast(data)
    }

    fn acknowledgement(&self, status: u16, body: Option<&str>) -> Option<Acknowledgement> {
        STORMGLASS.acknowledgement(status, body)
    }
}

/// A token that the authorizer accepts during a run.
///
/// # Panics
///
/// If it cannot be signed.
pub fn token() -> String {
    let claims = json!({
        "iss": "issuer", "aud": "chat", "sub": "ana", "exp": EPOCH_MS / 1_000 + 86_400
    });
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&Header::default(), &claims, &key).expect("the key signs")
}

/// Gives every client of a plan a token.
pub fn give_tokens(plan: &mut Plan) {
    let token = token();
    let steps = plan.clients.iter_mut().flat_map(|client| &mut client.steps);
    for step in steps {
        if let Action::Connect(Upgrade { query, .. }) | Action::Abandon(Upgrade { query, .. }) =
            &mut step.action
        {
            query.insert("token".to_owned(), token.clone());
        }
    }
}
