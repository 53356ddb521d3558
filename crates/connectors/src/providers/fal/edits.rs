//! Pictures changed by words, at fal: what the endpoint wants to be told. It gives pictures.

use serde::Serialize;

use super::{json, unexpected};
use crate::providers::{EditWork, ProviderError};

/// Gemini's picture model. Where no shape is told, it chooses one that fits what it was shown.
const NANO_BANANA: &str = "fal-ai/nano-banana/edit";

/// The endpoints that change pictures.
pub(super) const ENDPOINTS: [&str; 1] = [NANO_BANANA];

const FORMAT: &str = "jpeg";

#[derive(Serialize)]
struct Edit<'a> {
    prompt: &'a str,
    image_urls: &'a [String],
    num_images: u32,
    output_format: &'a str,
}

/// The JSON that the endpoint named by the work takes.
pub(super) fn input(work: &EditWork) -> Result<Vec<u8>, ProviderError> {
    if !ENDPOINTS.contains(&work.workflow.as_str()) {
        return Err(unexpected("fal changes no pictures so as far as we know"));
    }
    if work.prompt.trim().is_empty() {
        return Err(unexpected("a change needs words"));
    }
    if work.image_urls.is_empty() {
        return Err(unexpected("a change needs a picture"));
    }
    json(&Edit {
        prompt: &work.prompt,
        image_urls: &work.image_urls,
        num_images: 1,
        output_format: FORMAT,
    })
}
