//! News in words.

use domain::{News, Refusal};

use crate::facts::Facts;
use crate::text::Arg;

/// What is said about it; none when the next view says everything.
pub fn text(news: &News, facts: &Facts<'_>) -> Option<String> {
    let text = match news {
        News::Refused { refusal } => refused(refusal, facts),
        News::Welcomed { bonus } if bonus.is_zero() => return None,
        News::Welcomed { bonus } => facts.say("news-welcomed", &[("credits", (*bonus).into())]),
        News::LanguageChanged => facts.say("news-language-changed", &[]),
        News::Drafted { .. }
        | News::PhotoTaken
        | News::TrainingQueued { .. }
        | News::CancelAsked
        | News::ForgetBegun => return None,
        News::PhotosRemoved { count } => {
            facts.say("news-photos-removed", &[("count", (*count).into())])
        }
        News::Renamed => facts.say("news-renamed", &[]),
        News::MainChosen => facts.say("news-main-chosen", &[]),
        News::AvatarDeleted => facts.say("news-avatar-deleted", &[]),
        News::AvatarReady { name, charged, .. } => facts.say(
            "news-avatar-ready",
            &[("name", name.as_str().into()), ("credits", (*charged).into())],
        ),
        News::TrainingFailed { name, fault, returned, .. } => facts.say(
            "news-training-failed",
            &[
                ("name", name.as_str().into()),
                ("reason", Arg::Said(facts.say(fault.key(), &[]))),
                ("credits", (*returned).into()),
            ],
        ),
        News::TrainingCanceled { name, returned, .. } => facts.say(
            "news-training-canceled",
            &[("name", name.as_str().into()), ("credits", (*returned).into())],
        ),
        News::Forgotten { photos, avatars, on } => facts.say(
            "news-forgotten",
            &[
                ("photos", (*photos).into()),
                ("avatars", (*avatars).into()),
                ("on", on.as_str().into()),
            ],
        ),
        News::Granted { credits, reason } => facts.say(
            "news-granted",
            &[("credits", (*credits).into()), ("reason", reason.as_str().into())],
        ),
        News::Broken { number } => facts.say("news-broken", &[("number", number.as_str().into())]),
        News::Alert { text } => crate::text::escape(text).into_owned(),
    };
    Some(text)
}

fn refused(refusal: &Refusal, facts: &Facts<'_>) -> String {
    let args: &[(&'static str, Arg)] = match refusal {
        Refusal::AvatarsTooMany { most } | Refusal::PhotosTooMany { most } => {
            &[("most", (*most).into())]
        }
        Refusal::PhotosStillChecked { left } => &[("left", (*left).into())],
        Refusal::PhotosTooFew { have, need } => {
            &[("have", (*have).into()), ("need", (*need).into())]
        }
        Refusal::ShortOfCredits { need, have } => {
            &[("need", (*need).into()), ("have", (*have).into())]
        }
        Refusal::AvatarGone
        | Refusal::BeingForgotten
        | Refusal::NothingToCancel
        | Refusal::PhotoGone
        | Refusal::ProductPaused
        | Refusal::QuoteExpired
        | Refusal::TermsNotAccepted
        | Refusal::TrainingRuns => &[],
    };
    facts.say(refusal.key(), args)
}
