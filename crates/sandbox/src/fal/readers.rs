//! The endpoints that answer with words: captions, a model that sees and writes, and the judge of
//! what may be shown (providers.md 1.9.11). What they say can be told from what they were given.

use serde_json::{Value, json};

use super::endpoints::{Endpoint, Link, Work};
use super::fields::{Field, Need, Shape, field};
use super::gather::{Asked, Fetched};
use super::refusals::Complaint;
use super::{seeing, wording};

pub(super) enum Reading {
    /// How much is said: one sentence, two, or three.
    Caption(u8),
    Vision,
    /// How likely it is that a picture may not be shown.
    Safety,
}

const IMAGE: &[Field] = &[field("image_url", Need::Required, Shape::Text)];

pub(super) static READERS: [Endpoint; 5] = [
    Endpoint {
        name: "fal-ai/florence-2-large/caption",
        work: Work::Reading(Reading::Caption(1)),
        fields: IMAGE,
    },
    Endpoint {
        name: "fal-ai/florence-2-large/detailed-caption",
        work: Work::Reading(Reading::Caption(2)),
        fields: IMAGE,
    },
    Endpoint {
        name: "fal-ai/florence-2-large/more-detailed-caption",
        work: Work::Reading(Reading::Caption(3)),
        fields: IMAGE,
    },
    Endpoint {
        name: "openrouter/router/vision",
        work: Work::Reading(Reading::Vision),
        fields: &[
            field("prompt", Need::Required, Shape::Text),
            field("model", Need::Required, Shape::Text),
            field("image_urls", Need::Optional, Shape::Texts),
            field("pdf_urls", Need::Optional, Shape::Texts),
            field("system_prompt", Need::Optional, Shape::Text),
            field("temperature", Need::Default, Shape::Decimal(0.0, 2.0)),
            field("max_tokens", Need::Optional, Shape::Whole(1, i64::MAX)),
            field("reasoning", Need::Default, Shape::Flag),
            field("enable_web_search", Need::Default, Shape::Flag),
        ],
    },
    Endpoint {
        name: "fal-ai/imageutils/nsfw",
        work: Work::Reading(Reading::Safety),
        fields: IMAGE,
    },
];

impl Reading {
    pub(super) fn main_field(&self) -> &'static str {
        match self {
            Reading::Caption(_) | Reading::Safety => "image_url",
            Reading::Vision => "prompt",
        }
    }

    pub(super) fn links(&self, input: &Value) -> Vec<Link> {
        match self {
            Reading::Caption(_) | Reading::Safety => {
                vec![Link::at("image_url", input["image_url"].as_str().unwrap_or_default())]
            }
            Reading::Vision => {
                let urls = input["image_urls"].as_array().into_iter().flatten();
                let link = |(number, url): (usize, &Value)| Link {
                    at: vec![json!("image_urls"), json!(number)],
                    url: url.as_str().unwrap_or_default().to_owned(),
                    may_be_a_name: false,
                };
                (0..).zip(urls).map(link).collect()
            }
        }
    }

    /// The whole result. Blocks.
    pub(super) fn read(&self, asked: &Asked, files: &[Fetched]) -> Result<Value, Complaint> {
        match self {
            Reading::Caption(length) => {
                let mut said = String::new();
                for file in files {
                    said = caption(&seeing::look(&seeing::open(file)?), *length);
                }
                Ok(json!({ "results": said }))
            }
            Reading::Safety => {
                let mut probability = 0.01;
                for file in files {
                    seeing::open(file)?;
                    // What was drawn here carries its prompt, and so what was the matter with it.
                    let bytes = seeing::read(file)?;
                    if bytes.windows(MARK.len()).any(|it| it == MARK) {
                        probability = 0.97;
                    }
                }
                Ok(json!({ "nsfw_probability": probability }))
            }
            Reading::Vision => {
                let mut sentences = Vec::new();
                for file in files {
                    sentences.push(seeing::look(&seeing::open(file)?).sentence());
                }
                Ok(answer(asked, &sentences.join(" ")))
            }
        }
    }
}

const MARK: &[u8] = b"[unsafe";

fn caption(seen: &seeing::Seen, length: u8) -> String {
    let mut said = seen.sentence();
    if 1 < length {
        let main = seen.colours.first().copied().unwrap_or("colour");
        said.push_str(&format!(" The largest part of it is {main}."));
    }
    if 2 < length {
        said.push_str(" It is a simple drawing with a plain background and clear outlines.");
    }
    said
}

/// What a model that writes says: a description of what it is shown, or the words it was given,
/// put better, in the form that was asked for.
fn answer(asked: &Asked, described: &str) -> Value {
    let prompt = asked.input["prompt"].as_str().unwrap_or_default();
    let system = asked.input["system_prompt"].as_str().unwrap_or_default();
    let said =
        if described.is_empty() { wording::reworded(prompt, system) } else { described.to_owned() };
    let asked_for = format!("{system}\n{prompt}");
    let output = wording::in_form(&said, &asked_for, asked.has_fences);
    // Some four letters make a token.
    let tokens = |text: &str| text.chars().count() / 4 + 1;
    let pictures = asked.input["image_urls"].as_array().map_or(0, Vec::len);
    let (read, written) = (tokens(&asked_for) + 258 * pictures, tokens(&output));
    json!({
        "output": output,
        "usage": {
            "prompt_tokens": read,
            "completion_tokens": written,
            "total_tokens": read + written,
            // Dollars, of which a million tokens cost 0.3 and 2.5.
            "cost": (read * 3 + written * 25) as f64 / 1e7,
        },
    })
}
