//! What can be asked for, by the name of the endpoint, and which files it needs for that.

use serde_json::{Value, json};

use super::Settings;
use super::fields::{self, Field};
use super::filmers::{FILMERS, Filming};
use super::painters::{PAINTERS, Painting};
use super::readers::{READERS, Reading};
use super::trainers::{TRAINERS, Training};

pub(super) struct Endpoint {
    pub(super) name: &'static str,
    pub(super) fields: &'static [Field],
    pub(super) work: Work,
}

pub(super) enum Work {
    /// Pictures to weights.
    Training(Training),
    /// Words, and perhaps weights and a picture, to pictures.
    Painting(Painting),
    /// A picture and sound, or a film, to films.
    Filming(Filming),
    /// A picture or words to words.
    Reading(Reading),
}

/// A file that an input speaks of.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// The place of the field that holds it, after `body`.
    pub(super) at: Vec<Value>,
    pub(super) url: String,
    /// A name of somebody's repository is as good as an address.
    pub(super) may_be_a_name: bool,
}

impl Link {
    pub(super) fn at(field: &str, url: &str) -> Link {
        Link { at: vec![json!(field)], url: url.to_owned(), may_be_a_name: false }
    }
}

/// The endpoint of this name.
pub(super) fn find(name: &str) -> Option<&'static Endpoint> {
    TRAINERS.iter().chain(&PAINTERS).chain(&FILMERS).chain(&READERS).find(|it| it.name == name)
}

/// Whether trouble can be ordered for it: an endpoint, or a kind of them.
pub(super) fn is_known(name: &str) -> bool {
    ["trainings", "pictures", "videos", "words"].contains(&name) || find(name).is_some()
}

impl Endpoint {
    /// What all of its kind are called where trouble is ordered.
    pub(super) fn kind(&self) -> &'static str {
        match self.work {
            Work::Training(_) => "trainings",
            Work::Painting(_) => "pictures",
            Work::Filming(_) => "videos",
            Work::Reading(_) => "words",
        }
    }

    /// The field that a refusal names if nothing else is to blame.
    pub(super) fn main_field(&self) -> &'static str {
        match &self.work {
            Work::Training(training) => training.archive,
            Work::Painting(_) => "prompt",
            Work::Filming(filming) => filming.main_field(),
            Work::Reading(reading) => reading.main_field(),
        }
    }

    /// What its model is likeliest to have against an input.
    pub(super) fn usual_complaint(&self) -> &'static str {
        match self.work {
            Work::Training(_) => "image_load_error",
            Work::Painting(_) | Work::Filming(_) | Work::Reading(_) => "content_policy_violation",
        }
    }

    pub(super) fn lasts_ms(&self, settings: &Settings) -> i64 {
        match self.work {
            Work::Training(_) => settings.training_ms,
            Work::Painting(_) | Work::Filming(_) | Work::Reading(_) => settings.picture_ms,
        }
    }

    /// The details of a 422; empty if all is well.
    pub(super) fn complaints(&self, input: &Value) -> Vec<Value> {
        let mut details = fields::complaints(self.fields, input);
        if let Work::Training(training) = &self.work {
            details.extend(training.unknown_archive(self, input));
        }
        details
    }

    /// The files that it needs, of an input that is all right.
    pub(super) fn links(&self, input: &Value) -> Vec<Link> {
        match &self.work {
            Work::Training(training) => {
                let url = input[training.archive].as_str().unwrap_or_default();
                vec![Link::at(training.archive, url)]
            }
            Work::Painting(painting) => painting.links(input),
            Work::Filming(filming) => filming.links(input),
            Work::Reading(reading) => reading.links(input),
        }
    }
}
