//! The production handlers behind the production authorizer.

use std::rc::Rc;

use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use stormglass_apps::{STORMGLASS, reading};
use stormglass_authorizer::{Authorizer, Settings};
use stormglass_sim::stack::Stack;
use stormglass_sim::{App, Broadcasts, Handler, Sdk, Upgrade, Vocabulary, handler};
use stormglass_spec::EPOCH_MS;

const SECRET: &str = "a secret that is long enough ...";

/// The kind of handshake that has no token.
const ANONYMOUS: &str = "anonymous";

/// The production handlers behind the production authorizer.
#[derive(Clone, Copy, Debug, Default)]
pub struct GuardedHandlers;

impl App for GuardedHandlers {
    fn name(&self) -> &str {
        "guarded"
    }

    fn stack(&self) -> Stack {
        let parameters = [("JwtSecret", SECRET), ("JwtIssuer", "issuer"), ("JwtAudience", "chat")];
        reading(&parameters).expect("the template has an authorizer").stack
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        if function != "stormglass-on-authorize" {
            return STORMGLASS.start(function, sdk);
        }
        let variables = sdk.environment();
        let settings = Settings::from_variables(|name| variables.get(name).cloned());
        let settings = settings.expect("the stack sets the variables");
        let authorizer = Rc::new(Authorizer::new(settings, sdk.time_source()));
        handler(move |event| {
            let authorizer = Rc::clone(&authorizer);
            async move { authorizer.handle(event).await }
        })
    }

    fn vocabulary(&self) -> Vocabulary {
        STORMGLASS.vocabulary().handshake(1, ANONYMOUS)
    }

    fn handshake(&self, _client: &str, kind: Option<&str>) -> Upgrade {
        let mut upgrade = Upgrade::default();
        if kind != Some(ANONYMOUS) {
            upgrade.query.insert("token".to_owned(), token());
        }
        upgrade
    }

    fn is_portable(&self) -> bool {
        STORMGLASS.is_portable()
    }

    fn broadcasts(&self) -> Option<&dyn Broadcasts> {
        STORMGLASS.broadcasts()
    }
}

/// A token that the authorizer accepts during a run.
fn token() -> String {
    let claims = json!({
        "iss": "issuer", "aud": "chat", "sub": "ana", "exp": EPOCH_MS / 1_000 + 86_400
    });
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&Header::default(), &claims, &key).expect("the key signs")
}
