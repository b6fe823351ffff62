use super::*;
use crate::domain::{CustomDomain, MappedStage};

const DOMAIN: (&str, &str) = ("Host", "api.example.com");

/// A stage at `api.example.com/v1`; `/v2` leads to another API.
fn mapped(name: &str) -> Stage {
    let target = |api_id: &str| MappedStage { api_id: api_id.to_owned(), stage: name.to_owned() };
    let mappings = [("v1".to_owned(), target("aabbccdd")), ("v2".to_owned(), target("eeffgghh"))];
    let domain = CustomDomain { name: "api.example.com".to_owned(), mappings: mappings.into() };
    Stage { custom_domain: Some(domain), ..stage(name) }
}

fn at_domain(kind: FrontKind, stage: Stage) -> Front {
    front_with(kind, stage, &["GET /pets"], FrontSettings::default()).expect("a front")
}

/// FACTS 18.1: the host that the client used, and no mapping in the format 2.0.
#[test]
fn an_http_api_leaves_the_mapping_out() {
    let mut front = at_domain(FrontKind::HttpApi, mapped("prod"));
    let text = event(send(&mut front, &request("GET", "/v1/pets", &[DOMAIN], b"")));
    assert!(text.contains(r#""rawPath":"/prod/pets","#), "{text}");
    assert!(text.contains(r#""host":"api.example.com","#), "{text}");
    let names = r#""domainName":"api.example.com","domainPrefix":"api","#;
    assert!(text.contains(names), "{text}");
}

/// FACTS 18.1.
#[test]
fn a_rest_api_has_the_mapping_in_its_path() {
    let mut front = at_domain(FrontKind::RestApi, mapped("prod"));
    let text = event(send(&mut front, &request("GET", "/v1/pets", &[DOMAIN], b"")));
    assert!(text.starts_with(r#"{"resource":"/pets","path":"/v1/pets","#), "{text}");
    assert!(text.contains(r#""path":"/v1/pets","accountId""#), "{text}");
    assert!(text.contains(r#""stage":"prod","domainPrefix":"api","#), "{text}");
}

/// FACTS 18.1.
#[test]
fn a_path_that_no_mapping_leads_here_is_unknown() {
    for path in ["/pets", "/prod/pets", "/v2/pets"] {
        let sent = request("GET", path, &[DOMAIN], b"");
        let mut http = at_domain(FrontKind::HttpApi, mapped("prod"));
        assert_eq!(seen(send(&mut http, &sent)).0, 404, "{path}");
        let mut rest = at_domain(FrontKind::RestApi, mapped("prod"));
        let forbidden = status_and_body(403, r#"{"message":"Forbidden"}"#);
        assert_eq!(seen(send(&mut rest, &sent)), forbidden, "{path}");
    }
}

/// FACTS 18.1b.
#[test]
fn a_disabled_endpoint_serves_by_the_custom_domain_alone() {
    let stage = Stage { is_default_endpoint_disabled: true, ..mapped("prod") };
    let mut front = at_domain(FrontKind::RestApi, stage);
    let forbidden = status_and_body(403, r#"{"message":"Forbidden"}"#);
    assert_eq!(seen(send(&mut front, &get("/prod/pets"))), forbidden);
    event(send(&mut front, &request("GET", "/v1/pets", &[DOMAIN], b"")));
}
