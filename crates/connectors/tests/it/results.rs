//! What results may say: anything. None of it leads inside, and nothing but files is a success.

use std::sync::Arc;
use std::time::Duration;

use connectors::http::Http;
use connectors::providers::{
    Access, Made, MadePicture, MadeVideo, Progress, Provider, ProviderError, RemoteFile, Submitted,
    Trained, Work, all as providers,
};
use connectors::reach::Reach;
use domain::Millis;
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use crate::record::Recorded;
use crate::talks::works;

const KEY: &str = "key:SECRET";

/// Each provider with what it runs.
const WORKFLOWS: &[(&str, &str)] = &[
    ("fal", "fal-ai/flux-lora-portrait-trainer"),
    ("fal", "fal-ai/flux-pro-trainer"),
    ("fal", "fal-ai/flux-lora"),
    ("fal", "fal-ai/flux-lora/image-to-image"),
    ("fal", "fal-ai/flux-pro/v1.1-ultra-finetuned"),
    ("fal", "fal-ai/nano-banana/edit"),
    ("fal", "fal-ai/florence-2-large/more-detailed-caption"),
    ("fal", "openrouter/router/vision"),
    ("fal", "fal-ai/bytedance/omnihuman"),
    ("fal", "fal-ai/bytedance/omnihuman/v1.5"),
    ("fal", "fal-ai/kling-video/ai-avatar/v2/standard"),
    ("fal", "veed/video-background-removal"),
    ("replicate", "ostris/flux-dev-lora-trainer"),
    ("replicate", "black-forest-labs/flux-dev-lora"),
];

fn provider(name: &str) -> Arc<dyn Provider> {
    let url = Url::parse("https://api.test").expect("an address");
    let access = Access { key: KEY.into(), queue_url: url.clone(), rest_url: url };
    providers(|it| (it == name).then(|| access.clone())).remove(0)
}

fn http(answers: &[String]) -> (Arc<Recorded>, Http) {
    let transport = Arc::new(Recorded::new(answers));
    (transport.clone(), Http::over(transport, Reach::Public { trusted: Vec::new() }))
}

thread_local! {
    static RUNTIME: Runtime =
        Builder::new_current_thread().enable_time().build().expect("a runtime");
}

/// Calls have deadlines, so they need a clock.
fn wait<T>(doing: impl Future<Output = T>) -> T {
    RUNTIME.with(|it| it.block_on(doing))
}

/// How a run is, by these answers.
fn polled(name: &str, workflow: &str, answers: &[String]) -> Result<Progress, ProviderError> {
    let provider = provider(name);
    let run = provider.run(workflow, "req-1").expect("an id");
    wait(provider.poll(&http(answers).1, &run))
}

/// The answers of a run that ended with a file at an address.
fn ended_with(name: &str, workflow: &str, address: &str) -> Vec<String> {
    let result = match (name, workflow) {
        ("fal", it) if it.contains("train") => json!({ "diffusers_lora_file": { "url": address } }),
        ("fal", it) if it.starts_with("veed") => json!({ "video": [{ "url": address }] }),
        ("fal", _) => json!({ "images": [{ "url": address }], "video": { "url": address } }),
        (_, it) if it.contains("train") => json!({ "version": "me/a:ab", "weights": address }),
        _ => json!([address]),
    };
    if name == "fal" {
        return vec![r#"200 {"status":"COMPLETED"}"#.to_owned(), format!("200 {result}")];
    }
    let state = json!({ "id": "req-1", "status": "succeeded", "output": result });
    vec![format!("200 {state}")]
}

fn files(made: &Made) -> Vec<RemoteFile> {
    match made {
        Made::Model(Trained::Files { model, config }) => {
            [model].into_iter().chain(config).cloned().collect()
        }
        Made::Model(Trained::Archive { weights, .. }) => vec![weights.clone()],
        Made::Model(Trained::Finetune { .. }) | Made::Words(_) | Made::Speech(_) => Vec::new(),
        Made::Video(MadeVideo { url, .. }) => {
            vec![RemoteFile { url: url.clone(), name: None, bytes: None }]
        }
        Made::Pictures(pictures) => pictures
            .iter()
            .filter_map(|it| match it {
                MadePicture::File(file) => Some(file.clone()),
                MadePicture::Withheld => None,
            })
            .collect(),
    }
}

const INSIDE: &[&str] = &[
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/",
    "http://[::1]/x",
    "http://[::ffff:169.254.169.254]/",
    "http://2852039166/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://10.0.0.5:9000/bucket",
    "http://192.168.1.1/",
    "http://localhost:8188/view",
    "http://metadata.localhost/",
    "http://0/",
    "file:///etc/passwd",
    "ftp://10.0.0.5/x",
];

/// What a copy of a file came to, and how many requests were sent for it.
fn fetched(address: &str, answers: &[String]) -> (Result<(), ProviderError>, usize) {
    let (transport, http) = http(answers);
    let mut file = Vec::new();
    let copy = http.fetch(address, 1_000, Duration::from_secs(60), &mut file);
    let came = wait(copy).map(|_| ());
    assert!(file.is_empty() || came.is_ok());
    (came, transport.lines().iter().filter(|it| it.starts_with("> ")).count())
}

#[test]
fn no_result_leads_inside() {
    let mut count = 0;
    for (name, workflow) in WORKFLOWS {
        for inside in INSIDE {
            let came = polled(name, workflow, &ended_with(name, workflow, inside));
            let Ok(Progress::Done(made)) = came else { continue };
            for file in files(&made) {
                count += 1;
                let (came, sent) = fetched(&file.url, &[]);
                assert!(
                    matches!(came, Err(ProviderError::Unexpected { .. })),
                    "{inside}: {came:?}"
                );
                assert_eq!(sent, 0, "{inside}");
                // The same at the end of a redirect, at once and after another.
                let hop = format!("302 (location: {inside}) ");
                let (came, sent) = fetched("http://files.test/x", std::slice::from_ref(&hop));
                assert!(
                    matches!(came, Err(ProviderError::Unexpected { .. })),
                    "{inside}: {came:?}"
                );
                assert_eq!(sent, 1, "{inside}");
                let hops = ["307 (location: http://cdn.test/y) ".to_owned(), hop];
                let (came, sent) = fetched("http://files.test/x", &hops);
                assert!(
                    matches!(came, Err(ProviderError::Unexpected { .. })),
                    "{inside}: {came:?}"
                );
                assert_eq!(sent, 2, "{inside}");
            }
        }
    }
    // All that give files, but the hints and the one that gives an id.
    assert_eq!(count, INSIDE.len() * (WORKFLOWS.len() - 2));
}

#[test]
fn secrets_are_in_no_text_of_ours() {
    for name in ["fal", "replicate"] {
        let url = Url::parse("https://api.test").expect("an address");
        let access = Access { key: KEY.into(), queue_url: url.clone(), rest_url: url };
        assert!(!format!("{access:?}").contains("SECRET"));
        let key = match name {
            "fal" => {
                r#"200 {"keys":[{"kty":"OKP","crv":"Ed25519","x":"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"}]}"#
            }
            _ => r#"200 {"key":"whsec_U0VDUkVUU0VDUkVUU0VDUkVU"}"#,
        };
        let (_, http) = http(&[key.to_owned()]);
        let keys = wait(provider(name).keys(&http)).expect("keys");
        let shown = format!("{keys:?}");
        assert!(!shown.contains("SECRET") && !shown.contains("83"), "{shown}");
    }
}

#[test]
fn a_key_that_is_none_says_so_without_it() {
    let url = Url::parse("https://api.test").expect("an address");
    let access = Access { key: "SECRET\n".into(), queue_url: url.clone(), rest_url: url };
    for provider in providers(|_| Some(access.clone())) {
        let name = provider.name();
        let work = works().into_iter().find(|it| it.0 == name).expect("of everyone").1;
        let came = wait(provider.submit(&http(&[]).1, &work));
        let Err(ProviderError::Closed { cause }) = came else { panic!("{came:?}") };
        assert!(!cause.contains("SECRET"), "{cause}");
    }
}

/// Words that answers are made of, so that what is made up comes near to what is real.
const WORDS: &[&str] = &[
    "id",
    "req-1",
    "request_id",
    "status",
    "state",
    "output",
    "error",
    "error_type",
    "input",
    "logs",
    "data_removed",
    "images",
    "url",
    "urls",
    "get",
    "has_nsfw_concepts",
    "weights",
    "version",
    "results",
    "diffusers_lora_file",
    "config_file",
    "finetune_id",
    "file_name",
    "file_size",
    "num_outputs",
    "detail",
    "type",
    "title",
    "message",
    "queue_position",
    "COMPLETED",
    "IN_PROGRESS",
    "IN_QUEUE",
    "succeeded",
    "failed",
    "processing",
    "starting",
    "canceled",
    "https://files.test/1",
    "http://169.254.169.254/",
    "",
    " ",
    "```\n```",
    "words",
    "41%|##",
    "NSFW content detected in image 1\nNSFW content detected in image 0",
    "invalid_fields",
    "username",
    "me",
    "visibility",
    "private",
    "latest_version",
    "ab",
    "key",
    "whsec_",
    "response_url",
    "https://api.test/fal-ai/flux-lora/requests/req-1",
    "content_policy_violation",
    "runner_gone",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![9 => prop::sample::select(WORDS).prop_map(str::to_owned), 1 => "\\PC{0,12}"]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => word().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(json!(1e300)),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            3 => prop::collection::vec((word(), inner), 0..6)
                .prop_map(|it| Value::from(Map::from_iter(it))),
        ]
    })
}

/// Any JSON, or one that is well on the way to a success.
fn any_answer() -> impl Strategy<Value = String> {
    let code = prop::sample::select(vec![200, 200, 200, 200, 201, 202, 404, 422, 429, 500]);
    let body = prop_oneof![1 => any_json(), 2 => any_result()];
    (code, body).prop_map(|(code, body)| format!("{code} {body}"))
}

/// What every provider calls a result, all at once.
fn any_result() -> impl Strategy<Value = Value> {
    let file = prop_oneof![
        2 => word().prop_map(|it| json!({ "url": it })),
        2 => word().prop_map(Value::from),
        1 => any_json(),
    ];
    let files = prop::collection::vec(file, 0..4);
    let flags = prop::collection::vec(any::<bool>(), 0..4);
    let model = (word(), word()).prop_map(|(a, b)| json!({ "version": a, "weights": b }));
    let output = prop_oneof![word().prop_map(Value::from), model, any_json()];
    (files, flags, output, word(), any_json()).prop_map(|(files, flags, output, word, any)| {
        let output = if flags.is_empty() { json!(files) } else { output };
        json!({
            "id": "req-1", "status": "succeeded", "output": output, "logs": word.clone(),
            "input": any.clone(), "images": files.clone(), "has_nsfw_concepts": flags,
            "results": word.clone(), "diffusers_lora_file": files.first(), "finetune_id": word,
            "video": if output.is_array() { json!(files) } else { json!(files.first()) },
            "duration": any,
        })
    })
}

/// The same cases at each run.
fn cases() -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(90_210);
    ProptestConfig { cases: 300, rng_seed, failure_persistence: None, ..Default::default() }
}

/// Whether there is something that a customer could get.
fn is_something(made: &Made) -> bool {
    let is_file = |it: &RemoteFile| !it.url.is_empty();
    match made {
        Made::Model(Trained::Files { model, .. }) => is_file(model),
        Made::Model(Trained::Archive { weights, id }) => is_file(weights) && !id.is_empty(),
        Made::Model(Trained::Finetune { id }) => !id.is_empty(),
        Made::Pictures(pictures) => !pictures.is_empty() && files(made).iter().all(is_file),
        Made::Video(MadeVideo { url, seconds_millis, .. }) => {
            !url.is_empty() && seconds_millis.is_none_or(|it| 0 < it)
        }
        Made::Speech(speech) => !speech.audio.is_empty(),
        Made::Words(words) => !words.trim().is_empty() && words.chars().count() <= 2_000,
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn whatever_is_answered_only_something_is_a_success(
        answers in prop::collection::vec(any_answer(), 3),
    ) {
        let over = ["200 {\"status\":\"COMPLETED\"}".to_owned()];
        let ended = [&over[..], &answers[..]].concat();
        for ((name, workflow), answers) in
            WORKFLOWS.iter().flat_map(|it| [(it, &answers), (it, &ended)])
        {
            let came = polled(name, workflow, answers);
            let shown = format!("{came:?}");
            prop_assert!(!shown.contains("SECRET"), "{}", shown);
            if let Ok(Progress::Done(made)) = came {
                prop_assert!(is_something(&made), "{:?}", made);
            }
        }
    }

    #[test]
    fn whatever_is_answered_a_run_stays_at_home(
        answers in prop::collection::vec(any_answer(), 6),
    ) {
        for (name, work) in works() {
            let provider = provider(name);
            let (_, http) = http(&answers);
            let came = wait(provider.submit(&http, &work));
            let Ok(Submitted::Run(run)) = came else {
                prop_assert!(came.is_err(), "{:?}", came);
                continue;
            };
            let is_picture = matches!(work, Work::Pictures(_));
            prop_assert!(!is_picture || !run.workflow.contains("train"));
            for url in [&run.response_url, &run.status_url, &run.cancel_url] {
                prop_assert!(url.starts_with("https://api.test/"), "{:?}", run);
            }
        }
    }

    #[test]
    fn nobody_signs_by_chance(
        body in any_json(),
        values in prop::collection::vec("[ -~]{0,40}", 4),
    ) {
        let names = [
            ["webhook-id", "webhook-timestamp", "webhook-signature", "x"],
            [
                "x-fal-webhook-request-id", "x-fal-webhook-user-id", "x-fal-webhook-timestamp",
                "x-fal-webhook-signature",
            ],
        ];
        let keys = [
            r#"200 {"key":"whsec_U0VDUkVUU0VDUkVUU0VDUkVU"}"#,
            r#"200 {"keys":[{"kty":"OKP","crv":"Ed25519","x":"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"}]}"#,
        ];
        for ((name, names), key) in ["replicate", "fal"].into_iter().zip(names).zip(keys) {
            let provider = provider(name);
            let (_, http) = http(&[key.to_owned()]);
            let keys = wait(provider.keys(&http)).expect("keys");
            let mut headers = HeaderMap::new();
            for (name, value) in names.into_iter().zip(&values) {
                let value = if name.ends_with("timestamp") { "1760000000" } else { value };
                let value = HeaderValue::from_str(value).expect("plain");
                headers.insert(HeaderName::from_static(name), value);
            }
            let body = body.to_string();
            let now = Millis::seconds(1_760_000_000);
            prop_assert!(provider.webhook(&headers, body.as_bytes(), now, &keys).is_err());
        }
    }
}
