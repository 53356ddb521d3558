//! News in words.

use domain::news::Effect;
use domain::picture::Product;
use domain::refusal::Fault;
use domain::{Credits, News, Refusal};

use crate::facts::Facts;
use crate::screens::video_plan::voice_title;
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
        | News::PicturesQueued { .. }
        | News::VideosQueued { .. }
        | News::CancelAsked
        | News::InputTaken { .. }
        | News::InputReady { .. }
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
        News::PicturesReady { .. }
        | News::PicturesFailed { .. }
        | News::PicturesCanceled { .. }
        | News::PicturesSent { .. }
        | News::SendingPictures
        | News::Favoured { .. }
        | News::PicturesDeleted { .. }
        | News::PicturesExpire { .. }
        | News::HintAsked { .. }
        | News::HintReady { .. }
        | News::HintFailed { .. }
        | News::PackingBegun { .. }
        | News::Packed { .. }
        | News::PackingFailed => pictures(news, facts)?,
        News::VoicePlayed { voice } => {
            let voice = voice_title(voice, facts);
            facts.say("news-voice-played", &[("voice", voice.as_str().into())])
        }
        News::VoiceUnderWay => facts.say("news-voice-under-way", &[]),
        News::InputUnusable { .. } => facts.say("news-input-unusable", &[]),
        News::ClipUnusable { .. } => facts.say("news-clip-unusable", &[]),
        News::Forgotten { photos, avatars, pictures, videos, speeches, clips, on } => facts.say(
            "news-forgotten",
            &[
                ("photos", (*photos).into()),
                ("avatars", (*avatars).into()),
                ("pictures", (*pictures).into()),
                ("videos", (*videos).into()),
                ("speeches", (*speeches).into()),
                ("clips", (*clips).into()),
                ("on", on.as_str().into()),
            ],
        ),
        News::Granted { credits, reason } => facts.say(
            "news-granted",
            &[("credits", (*credits).into()), ("reason", reason.as_str().into())],
        ),
        News::OrderOpened { .. } => return None,
        News::OrderLeft => facts.say("news-order-left", &[]),
        News::OrderChecked => facts.say("news-order-checked", &[]),
        News::Paid { money, credits, bonus, .. } => facts.say(
            "news-paid",
            &[
                ("money", Arg::Said(facts.money(*money))),
                ("credits", (credits.as_i64() + bonus.as_i64()).into()),
            ],
        ),
        News::NotPaid { why, .. } => {
            facts.say("news-not-paid", &[("reason", Arg::Said(facts.say(why.key(), &[])))])
        }
        News::PaymentParked { money } => {
            facts.say("news-payment-parked", &[("money", Arg::Said(facts.money(*money)))])
        }
        News::Refunded { money, taken } => facts.say(
            "news-refunded",
            &[("money", Arg::Said(facts.money(*money))), ("taken", (*taken).into())],
        ),
        News::PlanStarted { .. }
        | News::PlanRenewed { .. }
        | News::PlanRenews { .. }
        | News::PlanUnpaid { .. }
        | News::PlanStopped { .. }
        | News::PlanKept { .. }
        | News::PlanEnded { .. }
        | News::CardUnlinked => plan(news, facts)?,
        News::PromoEntered { effect } => promo(effect, facts),
        News::GiftMade { .. } => facts.say("news-gift-made", &[]),
        News::GiftTakenBack { credits } => {
            facts.say("news-gift-taken-back", &[("credits", (*credits).into())])
        }
        News::GiftOpened { credits } => {
            facts.say("news-gift-opened", &[("credits", (*credits).into())])
        }
        News::GiftReceived { credits } => {
            facts.say("news-gift-received", &[("credits", (*credits).into())])
        }
        News::GiftReturned { credits } => {
            facts.say("news-gift-returned", &[("credits", (*credits).into())])
        }
        News::Rewarded { credits, is_inviter } => {
            let key = if *is_inviter { "news-rewarded-inviter" } else { "news-rewarded-invited" };
            facts.say(key, &[("credits", (*credits).into())])
        }
        News::FeedbackTaken => facts.say("news-feedback-taken", &[]),
        News::FeedbackAnswered { note, .. } if note.words.is_empty() => {
            facts.say("news-feedback-answered-file", &[])
        }
        News::FeedbackAnswered { note, .. } => {
            facts.say("news-feedback-answered", &[("words", note.words.as_str().into())])
        }
        News::Rated { is_good: true } => facts.say("news-rated-good", &[]),
        News::Rated { is_good: false } => facts.say("news-rated-bad", &[]),
        News::ContactKept => facts.say("news-contact-kept", &[]),
        News::AdminDone { text } => crate::text::escape(text).into_owned(),
        News::Broken { number } => facts.say("news-broken", &[("number", number.as_str().into())]),
        News::Alert { text } => crate::text::escape(text).into_owned(),
    };
    Some(text)
}

/// What is said in place of a voice's sample where there is none any more.
pub fn unplayed(voice: &str, facts: &Facts<'_>) -> String {
    let voice = voice_title(voice, facts);
    facts.say("voice-unplayed", &[("voice", voice.as_str().into())])
}

/// What is said about pictures and what is done with them.
fn pictures(news: &News, facts: &Facts<'_>) -> Option<String> {
    Some(match news {
        News::PicturesReady { product, made, withheld, charged, .. } => {
            ready(*product, *made, *withheld, *charged, facts)
        }
        News::PicturesFailed { product, fault, returned, .. } => {
            failed(*product, Some(*fault), *returned, facts)
        }
        News::PicturesCanceled { product, returned, .. } => canceled(*product, *returned, facts),
        News::PicturesSent { are_originals: false, .. } => facts.say("news-pictures-sent", &[]),
        News::PicturesSent { artifacts, are_originals: true } => {
            facts.say("news-originals-sent", &[("count", (artifacts.len() as i64).into())])
        }
        News::SendingPictures => facts.say("news-sending-pictures", &[]),
        News::Favoured { is_favourite: true } => facts.say("news-favoured", &[]),
        News::Favoured { is_favourite: false } => facts.say("news-not-favoured", &[]),
        News::PicturesDeleted { count } => {
            facts.say("news-pictures-deleted", &[("count", (*count).into())])
        }
        News::PicturesExpire { count, on } => facts
            .say("news-pictures-expire", &[("count", (*count).into()), ("on", on.as_str().into())]),
        News::HintAsked { .. } => facts.say("news-hint-asked", &[]),
        News::HintReady { words, .. } => {
            facts.say("news-hint-ready", &[("words", words.as_str().into())])
        }
        News::HintFailed { fault, .. } => {
            let key = match fault {
                Fault::PhotosUnusable => "news-hint-unusable",
                Fault::ContentRejected => "news-hint-rejected",
                Fault::VoiceGone
                | Fault::TextTooLong
                | Fault::SoundTooLong
                | Fault::SoundTooShort
                | Fault::ProviderFailed
                | Fault::TooSlow
                | Fault::ResultBroken
                | Fault::Uncertain
                | Fault::ProviderClosed
                | Fault::Ours => "news-hint-failed",
            };
            facts.say(key, &[])
        }
        News::PackingBegun { count } => {
            facts.say("news-packing-begun", &[("count", (*count).into())])
        }
        News::Packed { count, link: Some(link), .. } => facts
            .say("news-packed-link", &[("count", (*count).into()), ("link", link.as_str().into())]),
        News::Packed { count, link: None, .. } => {
            facts.say("news-packed", &[("count", (*count).into())])
        }
        News::PackingFailed => facts.say("news-packing-failed", &[]),
        _ => return None,
    })
}

/// What came of an order, what it cost, and what was kept back.
pub fn ready(
    product: Product,
    made: u32,
    withheld: u32,
    charged: Credits,
    facts: &Facts<'_>,
) -> String {
    let (key, kept_back) = match product {
        Product::Picture => ("news-pictures-ready", "pictures-withheld"),
        Product::Edit => ("edit-ready", "edit-withheld"),
        Product::Character => ("character-ready", "edit-withheld"),
        Product::Speech => ("speech-ready", "edit-withheld"),
        Product::Video => ("video-ready", "edit-withheld"),
    };
    let mut text = facts.say(key, &[("made", made.into()), ("credits", charged.into())]);
    if 0 < withheld {
        text.push('\n');
        text.push_str(&facts.say(kept_back, &[("count", withheld.into())]));
    }
    text
}

/// Why there is nothing of what was ordered.
pub fn failed(
    product: Product,
    fault: Option<Fault>,
    returned: Credits,
    facts: &Facts<'_>,
) -> String {
    let reason = fault.map(|it| reason(product, it, facts)).unwrap_or_default();
    let key = match product {
        Product::Picture => "news-pictures-failed",
        Product::Edit => "edit-failed",
        Product::Character => "character-failed",
        Product::Speech => "speech-failed",
        Product::Video => "video-failed",
    };
    facts.say(key, &[("reason", Arg::Said(reason)), ("credits", returned.into())])
}

pub fn canceled(product: Product, returned: Credits, facts: &Facts<'_>) -> String {
    let key = match product {
        Product::Picture => "news-pictures-canceled",
        Product::Edit => "edit-canceled",
        Product::Character => "character-canceled",
        Product::Speech => "speech-canceled",
        Product::Video => "video-canceled",
    };
    facts.say(key, &[("credits", returned.into())])
}

/// Why it wasn't made: the words for trainings speak of photos, those for pictures of one that
/// they were to begin from.
fn reason(product: Product, fault: Fault, facts: &Facts<'_>) -> String {
    let key = fault.key();
    match (product, fault) {
        (Product::Edit, Fault::PhotosUnusable) => facts.say("edit-photos-unusable", &[]),
        (Product::Picture | Product::Edit, _) => facts.say(&format!("picture-{key}"), &[]),
        (Product::Character | Product::Speech | Product::Video, _) => {
            facts.say(&format!("video-{key}"), &[])
        }
    }
}

/// What is said about a plan.
fn plan(news: &News, facts: &Facts<'_>) -> Option<String> {
    let name = |pack: &str| Arg::from(facts.plan_title(pack).as_str());
    let day = |day: &str| Arg::from(day);
    Some(match news {
        News::PlanStarted { pack, until } => {
            facts.say("news-plan-started", &[("plan", name(pack)), ("until", day(until))])
        }
        News::PlanRenewed { pack, credits, until } => facts.say(
            "news-plan-renewed",
            &[("plan", name(pack)), ("credits", (*credits).into()), ("until", day(until))],
        ),
        News::PlanRenews { pack, money, on } => facts.say(
            "news-plan-renews",
            &[("plan", name(pack)), ("money", Arg::Said(facts.money(*money))), ("on", day(on))],
        ),
        News::PlanUnpaid { pack, why, again } => {
            let reason = Arg::Said(facts.say(why.key(), &[]));
            match again {
                Some(on) => facts.say(
                    "news-plan-unpaid",
                    &[("plan", name(pack)), ("reason", reason), ("on", day(on))],
                ),
                None => {
                    facts.say("news-plan-unpaid-last", &[("plan", name(pack)), ("reason", reason)])
                }
            }
        }
        News::PlanStopped { until } => facts.say("news-plan-stopped", &[("until", day(until))]),
        News::PlanKept { until } => facts.say("news-plan-kept", &[("until", day(until))]),
        News::PlanEnded { pack } => facts.say("news-plan-ended", &[("plan", name(pack))]),
        News::CardUnlinked => facts.say("news-card-unlinked", &[]),
        _ => return None,
    })
}

fn promo(effect: &Effect, facts: &Facts<'_>) -> String {
    match effect {
        Effect::Credits { credits } => {
            facts.say("news-promo-credits", &[("credits", (*credits).into())])
        }
        Effect::Bonus { percent } => {
            facts.say("news-promo-bonus", &[("percent", (*percent).into())])
        }
        Effect::Discount { percent } => {
            facts.say("news-promo-discount", &[("percent", (*percent).into())])
        }
        Effect::PlanDays { pack, days } => facts.say(
            "news-promo-plan",
            &[("plan", facts.plan_title(pack).as_str().into()), ("days", (*days).into())],
        ),
    }
}

fn refused(refusal: &Refusal, facts: &Facts<'_>) -> String {
    let args: &[(&'static str, Arg)] = match refusal {
        Refusal::AvatarsTooMany { most }
        | Refusal::ClipTooLong { most }
        | Refusal::GiftsTooMany { most }
        | Refusal::PhotosTooMany { most }
        | Refusal::PicturesTooMany { most }
        | Refusal::PicturesUnderWay { most }
        | Refusal::SpeechTooLong { most }
        | Refusal::WordsTooLong { most } => &[("most", (*most).into())],
        Refusal::GiftTooSmall { least } => &[("least", (*least).into())],
        Refusal::PhotosStillChecked { left } => &[("left", (*left).into())],
        Refusal::PhotosTooFew { have, need } => {
            &[("have", (*have).into()), ("need", (*need).into())]
        }
        Refusal::ShortOfCredits { need, have } => {
            &[("need", (*need).into()), ("have", (*have).into())]
        }
        Refusal::AvatarGone
        | Refusal::AvatarNotReady
        | Refusal::BeingForgotten
        | Refusal::CharacterGone
        | Refusal::ClipGone
        | Refusal::ClipTooLarge
        | Refusal::ContactNeeded
        | Refusal::ContactWrong
        | Refusal::GenerationGone
        | Refusal::GiftGone
        | Refusal::GiftOwn
        | Refusal::GiftsAfterPurchase
        | Refusal::MethodOff
        | Refusal::NoPlan
        | Refusal::NoRoom
        | Refusal::NotAnOwner
        | Refusal::NothingToCancel
        | Refusal::NothingToRefund
        | Refusal::OrderGone
        | Refusal::PackGone
        | Refusal::PhotoGone
        | Refusal::PhotoTooLarge
        | Refusal::PictureGone
        | Refusal::PlanRuns
        | Refusal::PresetGone
        | Refusal::ProductPaused
        | Refusal::PromoEnded
        | Refusal::PromoEntered
        | Refusal::PromoUnknown
        | Refusal::PromoUsedUp
        | Refusal::QuoteExpired
        | Refusal::RestsToday
        | Refusal::SpeechGone
        | Refusal::StyleGone
        | Refusal::TermsNotAccepted
        | Refusal::TooManyTries
        | Refusal::TrainingRuns
        | Refusal::UserGone
        | Refusal::VoiceGone
        | Refusal::WordsEmpty => &[],
    };
    facts.say(refusal.key(), args)
}
