use super::*;
use crate::domain::{CustomDomain, MappedStage};

const DOMAIN: &str = "chat.example.com";
const ID: &str = "PJqB0fHs-_cCHlw%3D";

/// The stage at `chat.example.com/v1`; `other` maps another API.
fn mapped() -> Stage {
    let target =
        |api_id: &str| MappedStage { api_id: api_id.into(), stage: "production".to_owned() };
    let mappings = [("v1".into(), target("aabbccdd")), ("other".into(), target("eeffgghh"))];
    let domain = CustomDomain { name: DOMAIN.to_owned(), mappings: mappings.into() };
    Stage { custom_domain: Some(domain), ..stage() }
}

/// The stage at the root of `chat.example.com`.
fn at_the_root() -> Stage {
    let target = MappedStage { api_id: "aabbccdd".into(), stage: "production".into() };
    let mappings = [(String::new(), target)].into();
    let domain = CustomDomain { name: DOMAIN.to_owned(), mappings };
    Stage { custom_domain: Some(domain), ..stage() }
}

fn at_domain(path: Option<&str>) -> Upgrade {
    Upgrade {
        headers: [("Host".to_owned(), DOMAIN.to_owned())].into(),
        stage: path.map(str::to_owned),
        ..Upgrade::default()
    }
}

fn serving(stage: Stage) -> Gateway {
    Gateway::new(stage, api(&routes()), Limits::default())
}

fn post_to(stage: &Stage, uri: &str) -> Result<ManagementRequest, ManagementOutcome> {
    ManagementRequest::parse(stage, "POST", uri, 1)
}

/// FACTS 18.1: the name of the host, the stage, and nothing of the mapping.
#[test]
fn events_name_the_host_that_the_client_used() {
    let mut gateway = serving(mapped());
    let effects = ask_for(&mut gateway, &at_domain(Some("v1")));
    let text = event(&effects).to_owned();
    assert!(text.starts_with(r#"{"headers":{"Host":"chat.example.com","#), "{text}");
    assert!(text.contains(r#""domainName":"chat.example.com","#), "{text}");
    assert!(text.contains(r#""stage":"production""#), "{text}");
    settle(&mut gateway, &ok());
    let text = event(&send(&mut gateway, "m1", r#"{"action":"tell"}"#)).to_owned();
    assert!(text.contains(r#""domainName":"chat.example.com","#), "{text}");
    let effects = gateway.on_client_closed(at(4), &id(), 1000, "", "r9".to_owned());
    assert!(event(&effects).starts_with(r#"{"headers":{"Host":"chat.example.com","#));

    let mut gateway = serving(mapped());
    let text = event(&upgrade(&mut gateway)).to_owned();
    let own = r#""domainName":"aabbccdd.execute-api.eu-central-1.amazonaws.com","#;
    assert!(text.contains(own), "{text}");
}

/// FACTS 18.1.
#[test]
fn a_path_that_no_mapping_leads_here_is_refused() {
    for (stage, path, is_refused) in [
        (mapped(), None, false),
        (mapped(), Some("v1"), false),
        (mapped(), Some("production"), true),
        (mapped(), Some("other"), true),
        (at_the_root(), None, false),
        (at_the_root(), Some("production"), true),
    ] {
        let effects = ask_for(&mut serving(stage), &at_domain(path));
        assert_eq!(effects == [refused(403)], is_refused, "{path:?}: {effects:?}");
    }
}

/// FACTS 18.1b.
#[test]
fn a_disabled_endpoint_serves_by_the_custom_domain_alone() {
    let stage = Stage { is_default_endpoint_disabled: true, ..mapped() };
    assert_eq!(upgrade(&mut serving(stage.clone())), [refused(403)]);
    assert_ne!(ask_for(&mut serving(stage.clone()), &at_domain(None)), [refused(403)]);
    let own = format!("{HOST}/production/@connections/{ID}");
    assert_eq!(post_to(&stage, &own), Err(ManagementOutcome::Forbidden));
    assert!(post_to(&stage, &format!("https://{DOMAIN}/v1/@connections/{ID}")).is_ok());
}

/// FACTS 18.1a, 18.1b, 18.1c.
#[test]
fn management_calls_have_the_mapping_in_the_path_and_not_the_stage() {
    let (v1, root) = (mapped(), at_the_root());
    assert!(post_to(&v1, &format!("{HOST}/production/@connections/{ID}")).is_ok());
    assert!(post_to(&v1, &format!("https://{DOMAIN}/v1/@connections/{ID}?x=y")).is_ok());
    assert!(post_to(&root, &format!("https://{DOMAIN}/@connections/{ID}")).is_ok());
    let gone = Err(ManagementOutcome::Gone { pending: false });
    assert_eq!(post_to(&v1, &format!("https://{DOMAIN}/other/@connections/{ID}")), gone);
    let forbidden = Err(ManagementOutcome::Forbidden);
    let with_stage = format!("https://{DOMAIN}/production/@connections/{ID}");
    assert_eq!(post_to(&v1, &with_stage), forbidden);
    let refusal = post_to(&root, &with_stage).expect_err("the stage is no part of the path");
    let response = refusal.response();
    assert_eq!((response.status, response.error), (403, Some("ForbiddenException")));
    let message = format!(
        r#"{{"message":"No method found matching route production/@connections/{ID} for http method POST"}}"#
    );
    assert_eq!(response.body, message);
}

/// FACTS 18.1c.
#[test]
fn a_call_may_mean_another_stage() {
    let stage = mapped();
    let place = stage.management_place("POST", DOMAIN, "/other/@connections/x");
    let expected = ManagementPlace { api_id: "eeffgghh", stage: "production", id: "x" };
    assert_eq!(place, Ok(expected));
}

/// FACTS 18.1c.
#[test]
fn stage_variables_are_in_events_if_there_are_some() {
    let variables = [("table".to_owned(), "rooms".to_owned())].into();
    let mut gateway = serving(Stage { variables, ..stage() });
    let effects = upgrade(&mut gateway);
    let text = event(&effects);
    let variables = r#""stageVariables":{"table":"rooms"},"requestContext":{"#;
    assert!(text.contains(variables), "{text}");
}

/// FACTS 3.1, 16.7.
#[test]
fn an_http_api_of_the_account_takes_the_tokens_of_the_gateway() {
    let limits = Limits { requests_per_second: 0, burst: 1, ..Limits::default() };
    let mut gateway = opened_with(limits);
    assert!(gateway.requests_mut().take(at(1)));
    assert_eq!(post(&mut gateway, at(1), 1), ManagementOutcome::RateExceeded);
}

#[test]
fn the_host_of_a_client_is_part_of_the_state() {
    let sketch = |upgrade: &Upgrade| {
        let mut gateway = serving(mapped());
        ask_for(&mut gateway, upgrade);
        settle(&mut gateway, &ok());
        let mut sketch = stormglass_spec::Sketch::default();
        gateway.sketch(at(1), &mut sketch);
        sketch.finish()
    };
    assert_ne!(sketch(&at_domain(None)), sketch(&Upgrade::default()));
}
