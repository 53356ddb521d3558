//! Reasons are in our own words: nothing that a server says of paths, prompts or people is in them.

use connectors::comfyui::Outcome;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use super::peer::{Peer, Turn};
use super::{ID, comfy, image, job, limits};

/// What a server says there may be anything, as somebody hostile or careless would have it.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "/(home|opt|mnt)/[a-z]{1,8}/[a-z]{1,8}\\.(py|png)",
        "[A-Z]:\\\\Users\\\\[a-z]{1,8}\\\\x\\.png",
        "https?://[a-z]{3,8}\\.test/\\?key=[a-z0-9]{8}",
        "(анна|anna)[ _][a-z]{4,8}\\.(jpe?g|png|safetensors)",
        "a portrait of [a-z]{4,9} in [a-z]{4,9}",
        "Traceback \\(most recent call last\\):\\n  File \"/[a-z]{3,9}\"",
        "[a-z]{6,12}\\.[A-Z][a-z]{5,9}",
    ]
}

fn answers(secret: &str) -> Vec<(u16, Value)> {
    let extra = json!({
        "input_name": secret, "received_value": secret, "node_id": secret, "class_type": secret,
        "node_title": secret, "exception_message": secret, "exception_type": secret,
        "traceback": [secret], "input_config": [[secret], {}], "linked_node": [secret, 0],
    });
    let mut answers = Vec::new();
    let kinds = ["value_not_in_list", "custom_validation_failed", "required_input_missing", secret];
    for kind in kinds {
        let error = json!({
            "type": kind, "message": secret, "details": secret, "extra_info": extra,
        });
        for node in ["1", "2", "3", secret] {
            let node_errors = json!({ node: {
                "errors": [error], "class_type": secret, "dependent_outputs": [secret],
            } });
            answers.push((400, json!({ "error": error, "node_errors": node_errors })));
            answers.push((200, json!({ "prompt_id": ID, "node_errors": node_errors })));
        }
    }
    for kind in ["missing_node_type", "invalid_prompt", "prompt_no_outputs", secret] {
        let details = format!("Node ID '#{secret}'");
        let error = json!({
            "type": kind, "message": secret, "details": details, "extra_info": extra,
        });
        answers.push((400, json!({ "error": error, "node_errors": {} })));
        answers.push((500, json!({ "error": secret })));
    }
    answers.push((200, json!({ "prompt_id": secret })));
    answers
}

/// What an execution may end with, in the history.
fn histories(secret: &str) -> Vec<Value> {
    let mut histories = Vec::new();
    for node in ["1", "2", "3", secret] {
        for kind in ["ValueError", "torch.OutOfMemoryError", "FileNotFoundError", secret] {
            let error = json!({
                "prompt_id": ID, "node_id": node, "node_type": secret, "executed": [secret],
                "exception_message": secret, "exception_type": kind, "traceback": [secret],
                "current_inputs": { "text": [secret] }, "current_outputs": [secret],
            });
            let messages = json!([["execution_error", error]]);
            let status = json!({ "status_str": "error", "completed": false, "messages": messages });
            histories.push(json!({ ID: { "outputs": {}, "status": status } }));
        }
    }
    histories
}

async fn outcome(code: u16, answer: &Value, history: &Value) -> Outcome {
    let idle = r#"200 {"queue_running":[],"queue_pending":[]}"#;
    let turn = |request: &str, answer: String| Turn::Answer(request.to_owned(), answer);
    let peer = Peer::new([
        turn(&format!("GET /history/{ID}"), "200 {}".to_owned()),
        turn("GET /queue", idle.to_owned()),
        turn("GET /ws", "404".to_owned()),
        turn("POST /prompt", format!("{code} {answer}")),
        turn("POST /upload/image", r#"200 {"name":"anna.png"}"#.to_owned()),
        Turn::Until("POST /prompt".to_owned()),
        turn(&format!("GET /history/{ID}"), format!("200 {history}")),
    ]);
    let mut job = job();
    job.images = vec![image("anna.png")];
    let stop = std::future::pending::<()>();
    comfy().run(&peer.http(), &job, limits(), &mut |_| {}, stop).await
}

fn reason(outcome: Outcome) -> String {
    match outcome {
        Outcome::Failed { fault, reason } => format!("{reason} {fault:?}"),
        Outcome::Away { reason, .. } => reason,
        other => panic!("no failure: {other:?}"),
    }
}

fn check(reason: &str, secret: &str) -> Result<(), TestCaseError> {
    prop_assert!(!reason.contains(secret), "{reason}");
    prop_assert!(reason.is_ascii() && reason.len() < 200, "{reason}");
    prop_assert!(!reason.contains(['/', '\\', '\n', '?']), "{reason}");
    for word in secret.split(['/', '\\', ' ', '.', '"', '\n']).filter(|it| 5 < it.len()) {
        let is_ours = word == "safetensors" || word.starts_with("Traceback");
        prop_assert!(is_ours || !reason.contains(word), "{reason}");
    }
    Ok(())
}

/// The same cases at each run.
fn cases() -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(8_188);
    ProptestConfig { cases: 24, rng_seed, failure_persistence: None, ..Default::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn reasons_hold_nothing_of_what_the_server_says(secret in secret()) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime");
        runtime.block_on(async {
            for (code, answer) in answers(&secret) {
                check(&reason(outcome(code, &answer, &json!({})).await), &secret)?;
            }
            let taken = json!({ "prompt_id": ID, "node_errors": {} });
            for history in histories(&secret) {
                check(&reason(outcome(200, &taken, &history).await), &secret)?;
            }
            Ok::<(), TestCaseError>(())
        })?;
    }
}
