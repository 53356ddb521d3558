//! Talking videos: clips taken in, faces changed, scripts spoken, videos ordered.

use chat::facts::{character_price, speech_price, video_price};
use domain::catalog::Quote;
use domain::command::Clip;
use domain::picture::{self, Product, WrongWords};
use domain::video::{
    CHANGE_CHARS_MAX, CharacterDraft, Face, Format, Making, SpeechDraft, Stage, VideoDraft,
};
use domain::{
    Aspect, Credits, GenerationId, HoldId, InputId, JobId, Millis, News, Refusal, Task, script,
};
use store::artifacts::{self, Artifact};
use store::generations::{self, NewGeneration};
use store::inputs::{self, Giver, InputKind, InputState};
use store::users::User;
use store::{Tx, jobs, objects, tells};

use crate::app::Ground;
use crate::makers;
use crate::outbox;
use crate::studio::pictures::{hold, may_order, queue};
use crate::studio::{Done, Stop, refuse};
use crate::voices;

/// What Telegram gives to bots at most.
const CLIP_BYTES_MAX: u64 = 20 * 1024 * 1024;

/// Clips are work for disks and cores, and cost nothing yet: so many in an hour.
const GIVEN_AN_HOUR: u32 = 60;

/// What is told beside the words by which a face is changed: who speaks stays who they are.
const SAME_PERSON: &str = "Keep the same person, face, age, pose and framing; change nothing else.";

/// Takes in a clip that is to be behind somebody: it is looked at before anything is charged.
pub fn take_clip(tx: &mut Tx, ground: &Ground, user: &User, clip: &Clip, now: Millis) -> Done {
    if user.consent.is_none() {
        return refuse(Refusal::TermsNotAccepted);
    }
    if CLIP_BYTES_MAX < clip.bytes {
        return refuse(Refusal::ClipTooLarge);
    }
    let most = ground.catalog.videos.limits.background_seconds_max;
    if most < clip.seconds {
        return refuse(Refusal::ClipTooLong { most });
    }
    if !ground.has_room() {
        return refuse(Refusal::NoRoom);
    }
    if GIVEN_AN_HOUR <= inputs::given_since(tx, &user.id, now.since(Millis::HOUR))? {
        return refuse(Refusal::TooManyTries);
    }
    let input = InputId::new(ground.number());
    let giver = Giver { user: &user.id, bot: &user.bot };
    inputs::take(tx, &input, InputKind::Clip, &giver, &clip.file_id, now)?;
    let task = Task::TakeClip { input: input.clone() };
    let job = jobs::NewJob {
        unique_key: Some(format!("take-clip:{input}")),
        group_key: Some(user.id.as_str().to_owned()),
        ..jobs::NewJob::of(&task)
    };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    Ok(News::InputTaken { input })
}

/// Sets the credits aside and has a face changed by words.
pub fn edit_character(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    draft: &CharacterDraft,
    quote: Quote,
    now: Millis,
) -> Done {
    may_order(tx, ground, user, quote, now)?;
    let words = match picture::words(&draft.words) {
        Ok(words) if words.chars().count() <= CHANGE_CHARS_MAX => words,
        Ok(_) | Err(WrongWords::TooLong) => {
            return refuse(Refusal::WordsTooLong { most: CHANGE_CHARS_MAX as u32 });
        }
        Err(WrongWords::Empty) => return refuse(Refusal::WordsEmpty),
    };
    see(tx, ground, user, &draft.face, now)?;
    if character_price(&ground.catalog, 0).is_none() {
        return refuse(Refusal::ProductPaused);
    }
    let able = makers::of_characters(tx, ground, now)?;
    let Some(maker) = able.first() else { return refuse(Refusal::ProductPaused) };
    let wanted = Wanted {
        product: Product::Character,
        making: Making::Character { face: draft.face.clone() },
        stage: None,
        batch: None,
        words: &words,
        prompt: &format!("{}. {SAME_PERSON}", words.trim_end_matches('.')),
        model: "character",
        price: quote.credits,
        provider: &maker.provider,
        workflow: &maker.workflow,
    };
    let generation = GenerationId::new(ground.number());
    put(tx, ground, user, &generation, &wanted, now)?;
    queue(tx, ground, user, generation, now)
}

/// Sets the credits aside and has a script spoken.
pub fn make_speech(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    draft: &SpeechDraft,
    quote: Quote,
    now: Millis,
) -> Done {
    may_order(tx, ground, user, quote, now)?;
    if !ground.has_room() {
        return refuse(Refusal::NoRoom);
    }
    let most = ground.catalog.videos.limits.script_chars_max;
    let text = match script::script(&draft.script, most as usize) {
        Ok(text) => text,
        Err(WrongWords::Empty) => return refuse(Refusal::WordsEmpty),
        Err(WrongWords::TooLong) => return refuse(Refusal::WordsTooLong { most }),
    };
    // One that has vanished is found out before anything is charged.
    if voices::find(tx, ground, &draft.voice)?.is_none() {
        return refuse(Refusal::VoiceGone);
    }
    if speech_price(&ground.catalog, text.chars().count()).is_none() {
        return refuse(Refusal::ProductPaused);
    }
    // Where its letters don't tell, it is in the language of who wrote it.
    let language = script::language_of(&text, user.language);
    let able = makers::of_speech(tx, ground, language, now)?;
    let Some(maker) = able.first() else { return refuse(Refusal::ProductPaused) };
    let wanted = Wanted {
        product: Product::Speech,
        making: Making::Speech {
            voice: draft.voice.clone(),
            speed_percent: script::Speed::new(draft.speed_percent).percent(),
        },
        stage: None,
        batch: None,
        words: &text,
        prompt: &text,
        model: "speech",
        price: quote.credits,
        provider: &maker.provider,
        workflow: &maker.workflow,
    };
    let generation = GenerationId::new(ground.number());
    put(tx, ground, user, &generation, &wanted, now)?;
    queue(tx, ground, user, generation, now)
}

/// Sets the credits aside, for each video apart, and queues all of them; or none.
pub fn make_videos(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    drafts: &[VideoDraft],
    quote: Quote,
    now: Millis,
) -> Done {
    let most = ground.catalog.videos.limits.batch_max;
    if drafts.is_empty() || (most as usize) < drafts.len() {
        return refuse(Refusal::QuoteExpired);
    }
    may_order(tx, ground, user, quote, now)?;
    let most = ground.config.pictures.open_per_user;
    let open = generations::open_of_user(tx, &user.id)?.len();
    if 1 < drafts.len() && (most as usize) < open + drafts.len() {
        return refuse(Refusal::PicturesUnderWay { most });
    }
    if !ground.has_room() {
        return refuse(Refusal::NoRoom);
    }
    let mut orders = Vec::new();
    for draft in drafts {
        orders.push(check(tx, ground, user, draft, now)?);
    }
    let prices = share_out(quote.credits, &orders.iter().map(|it| it.price).collect::<Vec<_>>());
    let mut ids: Vec<GenerationId> = Vec::new();
    for ((draft, order), price) in drafts.iter().zip(&orders).zip(prices) {
        let id = GenerationId::new(ground.number());
        let first = ids.first().unwrap_or(&id).clone();
        let wanted = Wanted {
            product: Product::Video,
            making: Making::Video { draft: draft.clone(), millis: order.millis },
            stage: Some(Stage::Lips),
            batch: (1 < drafts.len()).then_some(&first),
            words: &order.script,
            prompt: "",
            model: draft.quality.as_str(),
            price,
            provider: &order.provider,
            workflow: &order.workflow,
        };
        put(tx, ground, user, &id, &wanted, now)?;
        queue(tx, ground, user, id.clone(), now)?;
        ids.push(id);
    }
    Ok(News::VideosQueued { generations: ids })
}

/// A video that can be made now.
struct Order {
    script: String,
    millis: i64,
    /// Of today.
    price: Credits,
    provider: String,
    workflow: String,
}

fn check(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    draft: &VideoDraft,
    now: Millis,
) -> Result<Order, Stop> {
    let speech = sound(tx, user, draft)?;
    let millis = speech.duration_ms.unwrap_or_default();
    let said = generations::of(tx, &user.id, &speech.generation)?;
    let script = said.map(|it| it.words).unwrap_or_default();
    let videos = &ground.catalog.videos;
    let most = videos.millis_max(draft.quality);
    if most < millis {
        return refuse(Refusal::SpeechTooLong { most: u32::try_from(most / 1_000).unwrap_or(0) });
    }
    see(tx, ground, user, &draft.face, now)?;
    if draft.format == Format::OverBackground {
        let Some(clip) = &draft.background else { return refuse(Refusal::ClipGone) };
        given(tx, ground, user, clip, InputKind::Clip, now)?;
        let needs_cut = !makers::is_on_green(ground, &draft.face);
        if needs_cut && makers::of_matting(tx, ground, now)?.is_empty() {
            return refuse(Refusal::ProductPaused);
        }
    }
    let price = video_price(&ground.catalog, draft.format, draft.quality, millis);
    let able = makers::of_videos(tx, ground, draft.quality, millis, now)?;
    let (Some(price), Some(maker)) = (price, able.first()) else {
        return refuse(Refusal::ProductPaused);
    };
    let (provider, workflow) = (maker.provider.clone(), maker.workflow.clone());
    Ok(Order { script, millis, price, provider, workflow })
}

/// What was spoken, if it is this user's and still there.
fn sound(tx: &mut Tx, user: &User, draft: &VideoDraft) -> Result<Artifact, Stop> {
    let found = artifacts::of(tx, &user.id, &draft.speech)?;
    match found.filter(|it| it.product == Product::Speech && it.duration_ms.is_some()) {
        Some(speech) => Ok(speech),
        None => refuse(Refusal::SpeechGone),
    }
}

/// Whether a face is there: on offer, or the user's own.
fn see(tx: &mut Tx, ground: &Ground, user: &User, face: &Face, now: Millis) -> Result<(), Stop> {
    match face {
        Face::Character(name) => match ground.catalog.face(name) {
            Some(_) => Ok(()),
            None => refuse(Refusal::CharacterGone),
        },
        Face::Input(input) => given(tx, ground, user, input, InputKind::Photo, now),
    }
}

/// Whether what a user gave was looked at and is still kept.
fn given(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    id: &InputId,
    kind: InputKind,
    now: Millis,
) -> Result<(), Stop> {
    let gone = match kind {
        InputKind::Photo => Refusal::PhotoGone,
        InputKind::Clip => Refusal::ClipGone,
    };
    let input = inputs::of(tx, &user.id, id)?.filter(|it| it.kind == kind);
    let Some(input) = input.filter(|it| it.state != InputState::Unusable) else {
        return refuse(gone);
    };
    let Some(object) = &input.object else {
        return refuse(Refusal::PhotosStillChecked { left: 1 });
    };
    let kept = objects::of(tx, &user.id, object)?;
    // It has to be there until the video is.
    let until = now.plus(ground.config.videos.time_limit).plus(Millis::HOUR);
    match kept {
        Some(it) if it.delete_after.is_none_or(|it| until < it) => Ok(()),
        Some(_) | None => refuse(gone),
    }
}

/// What each of some costs of what was quoted for all: its own price of today; and where prices have
/// changed since, its share of what was shown.
fn share_out(quoted: Credits, prices: &[Credits]) -> Vec<Credits> {
    let sum: i64 = prices.iter().map(|it| it.as_i64()).sum();
    if sum == quoted.as_i64() || sum == 0 {
        return prices.to_vec();
    }
    let part = |it: &Credits| quoted.as_i64() * it.as_i64() / sum;
    let mut parts: Vec<i64> = prices.iter().map(part).collect();
    let left = quoted.as_i64() - parts.iter().sum::<i64>();
    if let Some(first) = parts.first_mut() {
        *first += left;
    }
    parts.into_iter().map(|it| Credits::new(it).unwrap_or_default()).collect()
}

/// What a generation of these products is.
struct Wanted<'a> {
    product: Product,
    making: Making,
    stage: Option<Stage>,
    batch: Option<&'a GenerationId>,
    words: &'a str,
    prompt: &'a str,
    model: &'a str,
    price: Credits,
    provider: &'a str,
    workflow: &'a str,
}

/// Holds the credits and writes the row.
fn put(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    id: &GenerationId,
    wanted: &Wanted<'_>,
    now: Millis,
) -> Result<(), Stop> {
    let hold_id = HoldId::new(ground.number());
    let credits = hold(tx, ground, user, &hold_id, id, wanted.price, 1, now)?;
    let new = NewGeneration {
        id,
        user: &user.id,
        bot: &user.bot,
        product: wanted.product,
        avatar: None,
        style: None,
        style_version: None,
        edit: None,
        making: Some(&wanted.making),
        stage: wanted.stage,
        batch: wanted.batch,
        words: wanted.words,
        prompt: wanted.prompt,
        aspect: Aspect::Tall,
        count: 1,
        model: wanted.model,
        seed: i64::from((ground.ids.chance() as u32) >> 1),
        source: None,
        repeats: None,
        credits,
        each: credits,
        hold: &hold_id,
        provider: wanted.provider,
        workflow: wanted.workflow,
    };
    generations::insert(tx, &new, now)?;
    Ok(())
}

/// Sends a voice's sample.
pub fn play_voice(tx: &mut Tx, ground: &Ground, user: &User, voice: &str, now: Millis) -> Done {
    if voices::find(tx, ground, voice)?.is_none_or(|it| !it.has_sample) {
        return refuse(Refusal::VoiceGone);
    }
    // A quick second press is the same wish; later it is another one.
    let about = format!("{}:{voice}:{}", user.id, now.as_i64() / 10_000);
    if tells::is_there(tx, &format!("voice_played:{about}"))? {
        return Ok(News::VoiceUnderWay);
    }
    let news = News::VoicePlayed { voice: voice.to_owned() };
    outbox::tell(tx, ground, &user.id, &news, &about, now)?;
    Ok(News::SendingPictures)
}
