//! The description as it is in the repository. `UPDATE=1` writes it.

use std::path::Path;

use serde_json::Value;
use server::api::spec;

#[test]
fn the_description_in_the_repository_is_the_one_that_is_served() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let mut text = serde_json::to_string_pretty(&spec::document()).unwrap();
    text.push('\n');
    #[expect(clippy::disallowed_methods, reason = "a wish of whoever runs the test, no setting")]
    let is_wanted = std::env::var_os("UPDATE").is_some();
    if is_wanted {
        std::fs::write(&file, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == text,
        "docs/openapi.json is old: run this test with UPDATE=1 and read the diff"
    );
}

#[test]
fn every_route_says_what_it_is_for_what_it_needs_and_what_it_answers() {
    let document = spec::document();
    assert_eq!(document["openapi"].as_str().map(|it| &it[..4]), Some("3.1."));
    let mut names = std::collections::BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, about) in methods.as_object().unwrap() {
            let what = format!("{method} {path}");
            assert!(about["summary"].is_string(), "{what} has no summary");
            assert!(about["tags"][0].is_string(), "{what} has no tag");
            assert!(about["security"][0]["key"][0].is_string(), "{what} names no scope");
            let name = about["operationId"].as_str().unwrap_or_default();
            assert!(
                !name.is_empty() && names.insert(name.to_owned()),
                "{what} has no name of its own: {name}"
            );
            for code in ["400", "401", "403", "404", "422", "429", "500", "503"] {
                let content = &about["responses"][code]["content"];
                assert!(content["application/problem+json"] != Value::Null, "{what} {code}");
            }
            for one in about["parameters"].as_array().into_iter().flatten() {
                assert!(one["description"].is_string(), "{what}: {one}");
            }
        }
    }
}
