//! The photo desk: photos come in, each gets its verdict before anything is paid.

use domain::command::Picture;
use domain::photo::{PhotoRules, Unreadable, Verdict, readiness};
use domain::{AvatarId, AvatarState, Command, News, PhotoId};
use serde::{Deserialize, Serialize};

use crate::event::{Event, Sent};
use crate::facts::{AvatarFacts, Facts, Needs, PhotoFacts};
use crate::screen::{Next, Screen, View};
use crate::screens::avatar::Avatar;
use crate::screens::avatars::Avatars;
use crate::screens::home::Home;
use crate::screens::order::Order;
use crate::text::Arg;

/// What the messenger lets a bot download: 20 MB (Bot API, getFile).
pub const DOWNLOAD_BYTES_MAX: u64 = 20 * 1024 * 1024;

/// How many photos a page of the review shows.
const PAGE: usize = 8;

/// How many verdicts are spelled out; a set of a hundred bad photos must fit one message.
const LINES_MAX: usize = 25;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Desk {
    Gather { avatar: AvatarId },
    Review { avatar: AvatarId, page: u32 },
    Drop { avatar: AvatarId },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    AskDrop,
    Back,
    Clean,
    Continue,
    /// Names the avatar, so that an old question never deletes another one.
    Drop(AvatarId),
    Keep,
    Page(u32),
    Remove(PhotoId),
    Review,
}

impl Desk {
    pub fn avatar(&self) -> &AvatarId {
        match self {
            Self::Gather { avatar } | Self::Review { avatar, .. } | Self::Drop { avatar } => avatar,
        }
    }
}

impl Screen for Desk {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs::photos(self.avatar())
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let Some(avatar) = &facts.avatar else {
            return View::new(facts.say("refusal-avatar-gone", &[])).back(Press::Back, facts);
        };
        let Some(rules) = facts.offer(avatar.kind).map(|it| it.photos) else {
            return View::new(facts.say("refusal-product-paused", &[])).back(Press::Back, facts);
        };
        match self {
            Self::Gather { .. } => gather(avatar, &rules, facts),
            Self::Review { page, .. } => review(*page, facts),
            Self::Drop { .. } => {
                let name = avatar.name.as_str().into();
                let count = (facts.photos.len() as i64).into();
                View::new(facts.say("desk-drop", &[("name", name), ("count", count)]))
                    .button(facts.label("button-drop", &[]), Press::Drop(avatar.id.clone()))
                    .button(facts.label("button-keep-draft", &[]), Press::Keep)
                    .back(Press::Back, facts)
            }
        }
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        let avatar = self.avatar().clone();
        match (self, event) {
            (_, Event::Picture(picture)) => take(avatar, picture, facts),
            (_, Event::Press(Press::Continue)) => Next::go(Order::PickQuality { avatar }),
            (_, Event::Press(Press::Clean)) => Next::go(Self::Gather { avatar: avatar.clone() })
                .run(Command::RemoveUnusable { avatar }),
            (_, Event::Press(Press::Review)) => Next::go(Self::Review { avatar, page: 0 }),
            (_, Event::Press(Press::Page(page))) => Next::go(Self::Review { avatar, page }),
            (at, Event::Press(Press::Remove(photo))) => {
                Next::go(at).run(Command::RemovePhoto { avatar, photo })
            }
            (at @ Self::Drop { .. }, Event::Press(Press::Drop(asked)))
                if asked == avatar && is_draft(facts) =>
            {
                Next::go(at).run(Command::DeleteAvatar { avatar })
            }
            (at, Event::Press(Press::Drop(_))) => {
                Next::go(at).notice(facts.say("notice-old-button", &[]))
            }
            (_, Event::Press(Press::AskDrop)) => leave(&avatar, facts),
            (_, Event::Press(Press::Keep)) => {
                Next::go(Home).notice(facts.say("notice-draft-kept", &[]))
            }
            (Self::Gather { .. }, Event::Press(Press::Back)) => Next::go(Avatars::default()),
            (_, Event::Press(Press::Back)) => Next::go(Self::Gather { avatar }),
            (_, Event::News(news @ News::AvatarDeleted)) => Next::tell(Home, &news, facts),
            // With the last photo the list is of no use any more.
            (Self::Review { .. }, Event::News(news @ News::PhotosRemoved { .. }))
                if facts.photos.is_empty() =>
            {
                Next::tell(Self::Gather { avatar }, &news, facts)
            }
            (at, Event::News(news)) => Next::tell(at, &news, facts),
            (at, Event::Text(_)) => Next::go(at).notice(facts.say("notice-send-photos", &[])),
            (at, Event::Clip(_)) => Next::go(at).notice(facts.say(no_photo(Sent::Video), &[])),
            (at, Event::Other(sent)) => Next::go(at).notice(facts.say(no_photo(sent), &[])),
        }
    }
}

/// What is said where photos are wanted and something else came.
pub fn no_photo(sent: Sent) -> &'static str {
    match sent {
        Sent::Video => "notice-video-not-photo",
        Sent::File => "notice-file-not-photo",
        Sent::Voice | Sent::Audio | Sent::Sticker | Sent::Contact | Sent::Place | Sent::Unknown => {
            "notice-send-photos"
        }
    }
}

/// Takes a picture into the set, from this screen or from one behind it.
pub fn take(avatar: AvatarId, picture: Picture, facts: &Facts<'_>) -> Next {
    let next = Next::go(Desk::Gather { avatar: avatar.clone() });
    if DOWNLOAD_BYTES_MAX < picture.bytes {
        return next.notice(facts.say("notice-file-large", &[]));
    }
    next.run(Command::AddPhoto { avatar, picture })
}

/// Out of the desk: a draft is asked about, an avatar that was trained before stays as it is.
pub fn leave(avatar: &AvatarId, facts: &Facts<'_>) -> Next {
    let avatar = avatar.clone();
    if is_draft(facts) {
        return Next::go(Desk::Drop { avatar });
    }
    Next::go(Avatar::Card { avatar }).notice(facts.say("notice-cancelled", &[]))
}

fn is_draft(facts: &Facts<'_>) -> bool {
    facts.avatar.as_ref().is_some_and(|it| match it.state {
        AvatarState::Draft | AvatarState::PhotosUploading | AvatarState::Ready => true,
        AvatarState::Training
        | AvatarState::Completed
        | AvatarState::Failed
        | AvatarState::Cancelled => false,
    })
}

fn gather(avatar: &AvatarFacts, rules: &PhotoRules, facts: &Facts<'_>) -> View<Press> {
    let photos = &facts.photos;
    let usable = photos.iter().filter(|it| it.is_usable()).count();
    let waiting = photos.iter().filter(|it| it.verdicts.is_none()).count();
    let excluded = photos.len() - usable - waiting;
    let limits = [
        ("name", avatar.name.as_str().into()),
        ("min", rules.count_min.into()),
        ("max", rules.count_max.into()),
        ("side", rules.side_min.into()),
    ];
    if photos.is_empty() {
        let key = format!("desk-empty-{}", avatar.kind.as_str());
        return View::new(facts.say(&key, &limits))
            .button(facts.label(leaving(facts), &[]), Press::AskDrop)
            .back(Press::Back, facts);
    }
    let mut parts = vec![facts.say("desk-title", &limits)];
    let count = photos.len() as i64;
    let is_looking = 0 < waiting;
    let is_enough = rules.count_min as usize <= usable;
    if is_looking {
        // What is said of a part of the set may turn out otherwise with the rest.
        let done = [("done", (count - waiting as i64).into()), ("count", count.into())];
        parts.push(facts.say("desk-looking", &done));
    } else {
        let counts = [
            ("usable", (usable as i64).into()),
            ("count", count.into()),
            ("min", rules.count_min.into()),
            ("max", rules.count_max.into()),
        ];
        parts.push(facts.say("desk-count", &counts));
        parts.push(verdicts(photos, facts));
        let sets: Vec<_> = photos.iter().filter_map(|it| it.verdicts.clone()).collect();
        let score = readiness(&sets, avatar.kind, rules);
        parts.push(facts.say("desk-readiness", &[("score", score.into())]));
        let advice = if is_enough { "desk-enough" } else { "desk-more" };
        parts.push(facts.say(advice, &limits));
    }
    parts.retain(|it| !it.is_empty());
    let mut view = View::new(parts.join("\n"));
    if is_enough && !is_looking {
        view = view.button(facts.label("button-continue", &[]), Press::Continue);
    }
    if 0 < excluded && !is_looking {
        let label = facts.label("button-clean", &[("count", (excluded as i64).into())]);
        view = view.button(label, Press::Clean);
    }
    view.row([
        (facts.label("button-review", &[]), Press::Review),
        (facts.label(leaving(facts), &[]), Press::AskDrop),
    ])
    .back(Press::Back, facts)
}

fn leaving(facts: &Facts<'_>) -> &'static str {
    if is_draft(facts) { "button-drop-draft" } else { "button-keep-avatar" }
}

/// What was said of the photos: the good ones in one line, a line for each fault of the others.
fn verdicts(photos: &[PhotoFacts], facts: &Facts<'_>) -> String {
    let good = photos.iter().filter(|it| it.verdicts.as_ref().is_some_and(Vec::is_empty));
    let good: Vec<_> = good.map(|it| it.number).collect();
    let mut lines = Vec::new();
    if !good.is_empty() {
        lines.push(facts.say("desk-good", &[("numbers", told(&good, facts))]));
    }
    // Those of which the same is said, in the order in which it is first said.
    let mut alike: Vec<(&[Verdict], Vec<u32>)> = Vec::new();
    for photo in photos {
        let Some(verdicts) = photo.verdicts.as_deref().filter(|it| !it.is_empty()) else {
            continue;
        };
        match alike.iter_mut().find(|(it, _)| *it == verdicts) {
            Some((_, numbers)) => numbers.push(photo.number),
            None => alike.push((verdicts, vec![photo.number])),
        }
    }
    let shown = alike.iter().take(LINES_MAX);
    lines.extend(shown.map(|(verdicts, numbers)| line(numbers, verdicts, facts)));
    let more: usize = alike.iter().skip(LINES_MAX).map(|(_, numbers)| numbers.len()).sum();
    if 0 < more {
        lines.push(facts.say("desk-lines-more", &[("count", (more as i64).into())]));
    }
    let heic = Verdict::Unreadable(Unreadable::Heic);
    if alike.iter().any(|(verdicts, _)| verdicts.contains(&heic)) {
        lines.push(facts.say("desk-heic", &[]));
    }
    lines.join("\n")
}

fn line(numbers: &[u32], verdicts: &[Verdict], facts: &Facts<'_>) -> String {
    let said: Vec<_> = verdicts.iter().map(|verdict| spoken(*verdict, facts)).collect();
    let is_bad = verdicts.iter().any(|it| it.excludes());
    let key = if is_bad { "desk-line-bad" } else { "desk-line-doubtful" };
    let said = Arg::Said(said.join(", "));
    facts.say(key, &[("numbers", told(numbers, facts)), ("verdicts", said)])
}

/// The numbers of photos as people read them: #1–6, #8.
fn told(numbers: &[u32], facts: &Facts<'_>) -> Arg {
    let spans = spans(numbers);
    let spans = spans.iter().map(|it| facts.say("desk-numbers", &[("span", it.as_str().into())]));
    Arg::Said(spans.collect::<Vec<_>>().join(", "))
}

fn spoken(verdict: Verdict, facts: &Facts<'_>) -> String {
    let key = format!("verdict-{}", verdict.key());
    match verdict {
        Verdict::DuplicateOf(number) | Verdict::NearDuplicateOf(number) => {
            facts.say(&key, &[("number", number.into())])
        }
        Verdict::Unreadable(_)
        | Verdict::TooSmall
        | Verdict::NoFace
        | Verdict::SeveralFaces
        | Verdict::FaceTooSmall
        | Verdict::Blurred
        | Verdict::TooDark
        | Verdict::TooBright => facts.say(&key, &[]),
    }
}

fn review(page: u32, facts: &Facts<'_>) -> View<Press> {
    let count = facts.photos.len();
    let page = (page as usize).min(count.saturating_sub(1) / PAGE);
    let shown: Vec<_> = facts.photos.iter().skip(page * PAGE).take(PAGE).collect();
    let lines = shown.iter().map(|it| {
        let numbers = [it.number];
        match it.verdicts.as_deref() {
            None => facts.say("desk-line-waiting", &[("numbers", told(&numbers, facts))]),
            Some([]) => facts.say("desk-line-good", &[("numbers", told(&numbers, facts))]),
            Some(verdicts) => line(&numbers, verdicts, facts),
        }
    });
    let text = std::iter::once(facts.say("desk-review", &[])).chain(lines);
    let mut view = View::new(text.collect::<Vec<_>>().join("\n"));
    for pair in shown.chunks(2) {
        view = view.row(pair.iter().map(|it| {
            let label = facts.label("button-remove-photo", &[("number", it.number.into())]);
            (label, Press::Remove(it.id.clone()))
        }));
    }
    let mut turns = Vec::new();
    if 0 < page {
        turns.push((facts.label("button-previous", &[]), Press::Page(page as u32 - 1)));
    }
    if (page + 1) * PAGE < count {
        turns.push((facts.label("button-next", &[]), Press::Page(page as u32 + 1)));
    }
    view.row(turns).back(Press::Back, facts)
}

/// 1, 2, 3, 7 as `1–3` and `7`.
fn spans(numbers: &[u32]) -> Vec<String> {
    let mut spans: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            Some(_) | None => spans.push((*number, *number)),
        }
    }
    let spans = spans.iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}–{last}"),
    });
    spans.collect()
}
