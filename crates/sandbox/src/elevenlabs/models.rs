//! The models that speak: what each takes and costs (providers.md 3.3).

use serde_json::{Value, json};

pub(super) struct Model {
    pub(super) id: &'static str,
    name: &'static str,
    pub(super) letters_max: usize,
    /// Credits for two characters: some take half of one for each.
    credits_for_two: i64,
    languages: &'static [&'static str],
}

/// What is used where none is named.
pub(super) const USUAL: &str = "eleven_multilingual_v2";

const MANY: &[&str] = &["en", "ru", "kk", "de", "es", "fr", "it", "pl", "pt", "tr", "uk", "zh"];

pub(super) static MODELS: [Model; 6] = [
    model("eleven_v3", "Eleven v3", 5_000, 2, MANY),
    model("eleven_multilingual_v2", "Eleven Multilingual v2", 10_000, 2, MANY),
    model("eleven_flash_v2_5", "Eleven Flash v2.5", 40_000, 1, MANY),
    model("eleven_turbo_v2_5", "Eleven Turbo v2.5", 40_000, 1, MANY),
    model("eleven_flash_v2", "Eleven Flash v2", 30_000, 1, &["en"]),
    model("eleven_turbo_v2", "Eleven Turbo v2", 30_000, 1, &["en"]),
];

const fn model(
    id: &'static str,
    name: &'static str,
    letters_max: usize,
    credits_for_two: i64,
    languages: &'static [&'static str],
) -> Model {
    Model { id, name, letters_max, credits_for_two, languages }
}

pub(super) fn find(id: &str) -> Option<&'static Model> {
    MODELS.iter().find(|it| it.id == id)
}

impl Model {
    /// What so many characters cost.
    pub(super) fn credits(&self, letters: usize) -> i64 {
        let letters = i64::try_from(letters).unwrap_or(i64::MAX);
        letters.saturating_mul(self.credits_for_two).saturating_add(1) / 2
    }

    pub(super) fn wire(&self) -> Value {
        let language = |it: &&str| json!({ "language_id": it, "name": language_name(it) });
        let multiplier = self.credits_for_two as f64 / 2.0;
        json!({
            "model_id": self.id,
            "name": self.name,
            "can_be_finetuned": false,
            "can_do_text_to_speech": true,
            "can_do_voice_conversion": false,
            "can_use_style": true,
            "can_use_speaker_boost": true,
            "serves_pro_voices": false,
            "token_cost_factor": multiplier,
            "description": "Made up: what it says is spoken by a program on this machine.",
            "requires_alpha_access": false,
            "max_characters_request_free_user": self.letters_max / 4,
            "max_characters_request_subscribed_user": self.letters_max,
            "maximum_text_length_per_request": self.letters_max,
            "languages": self.languages.iter().map(language).collect::<Vec<_>>(),
            "model_rates": { "character_cost_multiplier": multiplier },
            "concurrency_group": if self.credits_for_two == 1 { "turbo" } else { "standard" },
        })
    }
}

fn language_name(id: &str) -> &'static str {
    match id {
        "en" => "English",
        "ru" => "Russian",
        "kk" => "Kazakh",
        "de" => "German",
        "es" => "Spanish",
        "fr" => "French",
        "it" => "Italian",
        "pl" => "Polish",
        "pt" => "Portuguese",
        "tr" => "Turkish",
        "uk" => "Ukrainian",
        _ => "Chinese",
    }
}
