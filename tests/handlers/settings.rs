//! The settings.

use std::time::Duration;

use stormglass_handlers::{Settings, SettingsError};

fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    Settings::from_variables(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| String::from(*value))
    })
}

fn refusal(name: &str, value: &str) -> String {
    let error = read(&[("TABLE_NAME", "connections"), (name, value)]);
    error.expect_err("the value is no good").to_string()
}

#[test]
fn the_name_of_the_table_is_all_that_is_needed() {
    assert_eq!(read(&[("TABLE_NAME", "connections")]), Ok(Settings::new("connections")));
    let error = read(&[("TABLE_NAME", "")]).expect_err("the name is missing");
    assert_eq!(error.to_string(), "the variable TABLE_NAME is not set");
}

#[test]
fn every_setting_has_a_variable() {
    let variables = [
        ("TABLE_NAME", "connections"),
        ("CALLBACK_ENDPOINT", "http://localhost:3001"),
        ("SUBPROTOCOLS", "storm.v1, storm.v2,"),
        ("ALLOWED_ORIGINS", "https://a.example, http://localhost:8080"),
        ("MESSAGE_BYTES_MAX", "131072"),
        ("POSTS_CONCURRENT_MAX", "1"),
        ("POST_TIMEOUT_MS", "2"),
        ("POST_ATTEMPTS_MAX", "3"),
        ("ROWS_DEFERRED_MAX", "4"),
        ("TABLE_TIMEOUT_MS", "5"),
    ];
    assert_eq!(variables.map(|(name, _)| name), Settings::VARIABLES);
    let expected = Settings {
        table_name: "connections".into(),
        callback_endpoint: Some("http://localhost:3001".into()),
        subprotocols: vec!["storm.v1".into(), "storm.v2".into()],
        origins: vec!["https://a.example".into(), "http://localhost:8080".into()],
        message_bytes_max: 131_072,
        posts_concurrent_max: 1,
        post_timeout: Duration::from_millis(2),
        post_attempts_max: 3,
        rows_deferred_max: 4,
        table_timeout: Duration::from_millis(5),
    };
    assert_eq!(read(&variables), Ok(expected));
}

#[test]
fn a_bad_variable_is_named() {
    assert_eq!(
        refusal("POST_ATTEMPTS_MAX", "0"),
        r#"the variable POST_ATTEMPTS_MAX must be a whole number above 0, but it is "0""#
    );
    assert_eq!(
        refusal("POST_TIMEOUT_MS", "2s"),
        r#"the variable POST_TIMEOUT_MS must be a whole number above 0, but it is "2s""#
    );
    assert_eq!(
        refusal("CALLBACK_ENDPOINT", "example.com"),
        r#"the variable CALLBACK_ENDPOINT must be a URL with https:// or http:// and no query, but it is "example.com""#
    );
    for endpoint in ["wss://a.example", "https://", "https://a b", "http://a/?b", "http://a/#b"] {
        assert!(refusal("CALLBACK_ENDPOINT", endpoint).contains("must be a URL"), "{endpoint}");
    }
    assert_eq!(
        refusal("MESSAGE_BYTES_MAX", "131073"),
        r#"the variable MESSAGE_BYTES_MAX must be at most 131072, which the gateway takes, but it is "131073""#
    );
    assert!(refusal("SUBPROTOCOLS", "storm v1").contains("SUBPROTOCOLS must be names"));
    for origin in ["chat.example.com", "https://a.example/", "https://*.example", "://a", "a://"] {
        let refusal = refusal("ALLOWED_ORIGINS", &format!("https://b.example,{origin}"));
        assert!(refusal.contains("ALLOWED_ORIGINS must be origins"), "{refusal}");
    }
}
