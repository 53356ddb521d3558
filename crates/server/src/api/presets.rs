//! What can be ordered, and for how much.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::Language;
use domain::catalog::WordsNeed;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::gate::Caller;
use crate::api::input::Asked;
use crate::api::problem::Problem;
use crate::api::users::Tongue;
use crate::app::App;

/// What can be ordered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Presets {
    language: Tongue,
    trainings: Vec<TrainingPreset>,
    /// What makes pictures; the cheapest first.
    picture_models: Vec<ModelPreset>,
    styles: Vec<StylePreset>,
    /// `1:1`, `3:4` …
    aspects: Vec<&'static str>,
    /// Edits of photos.
    edits: Vec<EditPreset>,
}

/// An edit of photos on offer.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditPreset {
    name: String,
    category: String,
    title: String,
    about: String,
    credits: i64,
    /// How many photos it takes.
    photos: u32,
    /// `none`, `optional` or `required`: whether it takes words of the customer's.
    words: &'static str,
    /// How many characters of words at most.
    words_chars_max: u32,
    /// The versions that orders may get, the first one first.
    versions: Vec<u32>,
}

/// A training on offer.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrainingPreset {
    /// `portrait` or `style`.
    training_type: &'static str,
    photos_min: u32,
    photos_max: u32,
    /// The shortest side that a photo may have, in pixels.
    side_min: u32,
    qualities: Vec<QualityPreset>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct QualityPreset {
    /// `fast`, `balanced` or `quality`.
    quality: &'static str,
    credits: i64,
    #[schema(required = true)]
    steps: Option<u32>,
}

/// A picture model on offer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelPreset {
    name: String,
    title: String,
    about: String,
    /// What one picture costs.
    credits: i64,
}

/// A style on offer.
#[derive(Debug, Serialize, ToSchema)]
pub struct StylePreset {
    name: String,
    category: String,
    title: String,
    about: String,
    /// For whom it is; empty for everybody.
    genders: Vec<&'static str>,
}

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Spoken {
    /// The language of titles; `en`, unless it is said.
    #[param(inline)]
    language: Option<Tongue>,
}

/// See what can be ordered
#[utoipa::path(get, path = "/api/presets", tag = "Presets", params(Spoken),
    responses((status = 200, description = "What can be ordered.", body = Presets)),
    security(("key" = ["presets:read"])))]
pub async fn list(
    State(app): State<Arc<App>>,
    _caller: Caller,
    Asked(asked): Asked<Spoken>,
) -> Result<Json<Presets>, Problem> {
    let tongue = asked.language.unwrap_or(Tongue::En);
    let language = Language::from(tongue);
    let catalog = &app.ground.catalog;
    let trainings = catalog.trainings.iter().map(|it| TrainingPreset {
        training_type: it.kind.as_str(),
        photos_min: it.photos.count_min,
        photos_max: it.photos.count_max,
        side_min: it.photos.side_min,
        qualities: it
            .qualities
            .iter()
            .map(|it| QualityPreset {
                quality: it.quality.as_str(),
                credits: it.credits.as_i64(),
                steps: it.settings.steps,
            })
            .collect(),
    });
    let picture_models = catalog.pictures.iter().map(|it| ModelPreset {
        name: it.name.clone(),
        title: it.title.of(language).to_owned(),
        about: it.about.of(language).to_owned(),
        credits: it.credits.as_i64(),
    });
    let styles = catalog.styles.iter().map(|it| StylePreset {
        name: it.name.clone(),
        category: it.category.clone(),
        title: it.title.of(language).to_owned(),
        about: it.about.of(language).to_owned(),
        genders: it.subjects.iter().map(|it| it.as_str()).collect(),
    });
    let edits = catalog.presets.iter().map(|it| EditPreset {
        name: it.name.clone(),
        category: it.category.clone(),
        title: it.title.of(language).to_owned(),
        about: it.about.of(language).to_owned(),
        credits: it.credits.as_i64(),
        photos: it.photos,
        words: match it.words {
            WordsNeed::None => "none",
            WordsNeed::Optional => "optional",
            WordsNeed::Required => "required",
        },
        words_chars_max: it.words_chars_max,
        versions: it.versions.iter().map(|it| it.version).collect(),
    });
    Ok(Json(Presets {
        language: tongue,
        trainings: trainings.collect(),
        picture_models: picture_models.collect(),
        styles: styles.collect(),
        aspects: domain::picture::Aspect::ALL.iter().map(|it| it.as_str()).collect(),
        edits: edits.collect(),
    }))
}
