use super::*;

fn mistake(kind: FrontKind, stage_name: &str, keys: &[&str]) -> String {
    let front = front_with(kind, stage(stage_name), keys, FrontSettings::default());
    front.expect_err("the front is not sound").to_string()
}

#[test]
fn routes_that_a_front_cannot_have_are_refused() {
    let key = mistake(FrontKind::HttpApi, "$default", &["FETCH /"]);
    assert!(key.starts_with("`FETCH /` is no route key"), "{key}");
    let path = mistake(FrontKind::HttpApi, "$default", &["GET /{a+}/b"]);
    let expected =
        "the path `/{a+}/b` is malformed: a variable with `+` is only allowed at the end";
    assert_eq!(path, expected);
    let twice = mistake(FrontKind::HttpApi, "$default", &["GET /{a}/x", "GET /{b}/x"]);
    assert_eq!(twice, "the routes `GET /{a}/x` and `GET /{b}/x` are for the same requests");
    mistake(FrontKind::RestApi, "prod", &["$default"]);
    mistake(FrontKind::RestApi, "$default", &["GET /"]);
    mistake(FrontKind::FunctionUrl, "$default", &["GET /"]);
    mistake(FrontKind::FunctionUrl, "$default", &[]);
    front(FrontKind::HttpApi, "$default", &["GET /{a}", "POST /{b}", "GET /a", "$default"]);
}

/// FACTS 16.5.
#[test]
fn a_front_waits_as_long_as_its_kind_does() {
    assert_eq!(http().times_out_after(), Some(Duration::from_secs(30)));
    assert_eq!(rest().times_out_after(), Some(Duration::from_secs(29)));
    assert_eq!(url().times_out_after(), None);
}

/// FACTS 16.5: only the timeout of a REST API can be raised.
#[test]
fn a_timeout_has_bounds() {
    for (kind, timeout_ms, is_sound) in [
        (FrontKind::HttpApi, 49, false),
        (FrontKind::HttpApi, 50, true),
        (FrontKind::HttpApi, 30_000, true),
        (FrontKind::HttpApi, 30_001, false),
        (FrontKind::RestApi, 49, false),
        (FrontKind::RestApi, 60_000, true),
        (FrontKind::FunctionUrl, 1_000, false),
    ] {
        let timeout = Duration::from_millis(timeout_ms);
        let settings =
            FrontSettings { integration_timeout: Some(timeout), ..FrontSettings::default() };
        let (name, key) = match kind {
            FrontKind::HttpApi | FrontKind::FunctionUrl => ("$default", "$default"),
            FrontKind::RestApi => ("prod", "GET /"),
        };
        let front = front_with(kind, stage(name), &[key], settings);
        assert_eq!(front.is_ok(), is_sound, "{kind:?} {timeout_ms}");
        if let Ok(front) = front {
            assert_eq!(front.times_out_after(), Some(timeout));
        }
    }
}

/// FACTS 16.4.
#[test]
fn a_function_url_can_hide_its_owner() {
    let settings = FrontSettings { url_account_is_anonymous: true, ..FrontSettings::default() };
    let front = front_with(FrontKind::FunctionUrl, stage("any"), &["$default"], settings);
    let text = event(send(&mut front.expect("a front"), &get("/")));
    assert!(text.contains(r#""accountId":"anonymous","#), "{text}");
    assert!(text.contains(r#""stage":"$default","#), "{text}");
}
