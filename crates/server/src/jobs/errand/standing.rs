//! Which errand it is, how long it may take, and where it stands.

use domain::{GenerationId, HintId, Millis, TrainingId};
use store::provider_calls;

use crate::app::Ground;
use crate::makers::GPU;

/// What is being done: its row, by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Id {
    Training(TrainingId),
    Generation(GenerationId),
    Hint(HintId),
}

/// Calls the function of the table that an id is of.
macro_rules! of_table {
    ($id:expr, $function:ident($tx:expr $(, $arg:expr)*)) => {
        match $id {
            Id::Training(id) => store::trainings::$function($tx, id $(, $arg)*),
            Id::Generation(id) => store::generations::$function($tx, id $(, $arg)*),
            Id::Hint(id) => store::hints::$function($tx, id $(, $arg)*),
        }
    };
}
pub(super) use of_table;

impl Id {
    pub fn from_text(text: &str) -> Option<Self> {
        let training = TrainingId::from_text(text).map(Self::Training);
        let generation = || GenerationId::from_text(text).map(Self::Generation);
        training.or_else(generation).or_else(|| HintId::from_text(text).map(Self::Hint))
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Training(id) => id.as_str(),
            Self::Generation(id) => id.as_str(),
            Self::Hint(id) => id.as_str(),
        }
    }

    pub(super) fn work(&self) -> provider_calls::Work<'_> {
        match self {
            Self::Training(id) => provider_calls::Work::Training(id),
            Self::Generation(id) => provider_calls::Work::Generation(id),
            Self::Hint(id) => provider_calls::Work::Hint(id),
        }
    }

    /// How long it may take, and how often it is asked about.
    pub fn pace(&self, ground: &Ground, provider: &str, workflow: &str) -> Pace {
        match self {
            Self::Generation(_) if provider == GPU => {
                let pictures = &ground.config.pictures;
                Pace {
                    limit: ground.config.gpu.time_limit,
                    uncertain: ground.config.gpu.time_limit,
                    soonest: Millis(2_000),
                    every: pictures.check_every,
                }
            }
            Self::Generation(_) if ground.catalog.videos.films(workflow) => {
                let pictures = &ground.config.pictures;
                Pace {
                    limit: ground.config.videos.time_limit,
                    // They speak at the end only, and that is minutes away.
                    uncertain: ground.config.videos.time_limit,
                    soonest: Millis(1_500),
                    every: pictures.check_every,
                }
            }
            Self::Training(_) => {
                let training = &ground.config.training;
                Pace {
                    limit: training.time_limit,
                    uncertain: training.time_limit,
                    soonest: Millis(3_000),
                    every: training.check_every,
                }
            }
            Self::Generation(_) | Self::Hint(_) => {
                let pictures = &ground.config.pictures;
                Pace {
                    limit: pictures.time_limit,
                    uncertain: pictures.uncertain_for,
                    soonest: Millis(700),
                    every: pictures.check_every,
                }
            }
        }
    }
}

/// How long an errand may take, and how often a provider is asked about it.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// From the provider's yes, and again from our own beginning where none comes.
    pub limit: Millis,
    /// How long it is waited for a word about a submit that was never answered.
    pub uncertain: Millis,
    /// However short the work is, its provider isn't asked more often.
    pub soonest: Millis,
    pub every: Millis,
}

/// Where an errand is, by its row.
#[derive(Clone, Debug)]
pub struct Standing {
    pub provider: String,
    pub workflow: String,
    pub intent_at: Option<Millis>,
    pub run: Option<String>,
    pub attempts: u32,
    pub percent: Option<u32>,
    pub queue_place: Option<u32>,
    pub is_stopping: bool,
    pub created_at: Millis,
    pub started_at: Option<Millis>,
    pub deadline_at: Option<Millis>,
}

/// The row of an errand, as far as all of them are alike.
macro_rules! standing {
    ($row:expr) => {
        $crate::jobs::errand::Standing {
            provider: $row.provider.clone(),
            workflow: $row.workflow.clone(),
            intent_at: $row.intent_at,
            run: $row.run.clone(),
            attempts: $row.attempts,
            percent: $row.percent,
            queue_place: $row.queue_place,
            is_stopping: $row.cancel_asked_at.is_some(),
            created_at: $row.created_at,
            started_at: $row.started_at,
            deadline_at: $row.deadline_at,
        }
    };
}
pub(crate) use standing;
