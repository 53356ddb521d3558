//! `POST /prompt`: taken as it is, in part, or refused.

use super::checks::{self, Refused};
use super::failures::trouble;
use super::faults::Trouble;
use super::routes::{bad_gateway, json};
use super::server::{Queued, Server};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(super) async fn submit(server: &Server, body: &[u8]) -> Response {
    let Ok(asked) = serde_json::from_slice::<Value>(body) else { return trouble() };
    let number = server.number(&asked);
    let Some(prompt) = asked.get("prompt") else {
        let none = "No prompt provided";
        return refused(&checks::refusal("no_prompt", none, none, &json!({})));
    };
    let id = match asked.get("prompt_id") {
        None | Some(Value::Null) => server.made_up_id(),
        Some(said) => match said.as_str().filter(|it| is_uuid(it)) {
            Some(said) => said.to_owned(),
            None => {
                let text = "prompt_id must be a UUID";
                return refused(&checks::refusal("invalid_prompt_id", text, text, &json!({})));
            }
        },
    };
    let stock = server.state().stock();
    let accepted = match checks::check(prompt, &stock) {
        Ok(accepted) => accepted,
        Err(Refused::Wrong(body)) => return refused(&body),
        Err(Refused::Trouble) => return trouble(),
    };
    let created_at = server.now();
    let mut extra = asked.get("extra_data").filter(|it| it.is_object()).cloned();
    let extra = extra.get_or_insert_with(|| json!({}));
    if let Some(client) = asked.get("client_id") {
        extra["client_id"] = client.clone();
    }
    extra["create_time"] = json!(created_at);
    let told = json!({ "prompt_id": id, "number": number, "node_errors": accepted.errors });
    let mut state = server.state();
    state.order += 1;
    let queued = Queued {
        number,
        order: state.order,
        id,
        prompt: accepted.prompt,
        extra: extra.clone(),
        outputs: accepted.outputs,
        created_at,
    };
    state.queue(queued);
    if state.take_fault(Trouble::AcceptedButLost).is_some() {
        return bad_gateway();
    }
    json(&told)
}

fn refused(body: &Value) -> Response {
    (StatusCode::BAD_REQUEST, json(body)).into_response()
}

/// In the usual form or without dashes.
fn is_uuid(text: &str) -> bool {
    let digits = text.bytes().filter(|it| *it != b'-').collect::<Vec<_>>();
    digits.len() == 32 && digits.iter().all(u8::is_ascii_hexdigit)
}

impl Server {
    /// The place in the queue: the next one, before all, or as it was said.
    fn number(&self, asked: &Value) -> Value {
        if let Some(said) = asked.get("number").and_then(Value::as_f64) {
            return json!(said);
        }
        let mut state = self.state();
        let number = state.counter;
        state.counter += 1;
        json!(if asked["front"] == true { -number } else { number })
    }

    fn made_up_id(&self) -> String {
        let order = self.state().order;
        let mut sum = Sha256::new();
        sum.update(self.settings.seed.to_le_bytes());
        sum.update(&self.name);
        sum.update(order.to_le_bytes());
        let drawn = hex::encode(&sum.finalize()[..16]);
        format!(
            "{}-{}-4{}-a{}-{}",
            &drawn[..8],
            &drawn[8..12],
            &drawn[13..16],
            &drawn[17..20],
            &drawn[20..]
        )
    }
}
