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

/// What the messenger lets a bot download: 20 MB (Bot API, getFile).
const DOWNLOAD_BYTES_MAX: u64 = 20 * 1024 * 1024;

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
            (at, Event::News(news)) => Next::tell(at, &news, facts),
            (at, Event::Text(_)) => Next::go(at).notice(facts.say("notice-send-photos", &[])),
            (at, Event::Other(sent)) => {
                let key = match sent {
                    Sent::Video => "notice-video-not-photo",
                    Sent::File => "notice-file-not-photo",
                    Sent::Voice
                    | Sent::Audio
                    | Sent::Sticker
                    | Sent::Contact
                    | Sent::Place
                    | Sent::Unknown => "notice-send-photos",
                };
                Next::go(at).notice(facts.say(key, &[]))
            }
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
    let counts = [
        ("usable", (usable as i64).into()),
        ("count", (photos.len() as i64).into()),
        ("min", rules.count_min.into()),
        ("max", rules.count_max.into()),
    ];
    parts.push(facts.say("desk-count", &counts));
    if 0 < waiting {
        parts.push(facts.say("desk-waiting", &[("count", (waiting as i64).into())]));
    }
    parts.push(verdicts(photos, facts));
    let sets: Vec<_> = photos.iter().filter_map(|it| it.verdicts.clone()).collect();
    let score = readiness(&sets, avatar.kind, rules);
    parts.push(facts.say("desk-readiness", &[("score", score.into())]));
    let is_enough = rules.count_min as usize <= usable;
    parts.push(match (is_enough, waiting) {
        (false, _) => facts.say("desk-more", &limits),
        (true, 0) => facts.say("desk-enough", &[]),
        (true, _) => facts.say("desk-wait", &[]),
    });
    parts.retain(|it| !it.is_empty());
    let mut view = View::new(parts.join("\n"));
    if is_enough && waiting == 0 {
        view = view.button(facts.label("button-continue", &[]), Press::Continue);
    }
    if 0 < excluded {
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

/// What was said of each photo: the good ones in one line, the others one by one.
fn verdicts(photos: &[PhotoFacts], facts: &Facts<'_>) -> String {
    let good = photos.iter().filter(|it| it.verdicts.as_ref().is_some_and(Vec::is_empty));
    let good = ranges(&good.map(|it| it.number).collect::<Vec<_>>());
    let mut lines = Vec::new();
    if !good.is_empty() {
        lines.push(facts.say("desk-good", &[("numbers", good.as_str().into())]));
    }
    let faulty: Vec<_> =
        photos.iter().filter(|it| it.verdicts.as_ref().is_some_and(|it| !it.is_empty())).collect();
    lines.extend(faulty.iter().take(LINES_MAX).map(|it| line(it, facts)));
    if LINES_MAX < faulty.len() {
        let more = (faulty.len() - LINES_MAX) as i64;
        lines.push(facts.say("desk-lines-more", &[("count", more.into())]));
    }
    let heic = Verdict::Unreadable(Unreadable::Heic);
    if faulty.iter().any(|it| it.verdicts.iter().flatten().any(|it| *it == heic)) {
        lines.push(facts.say("desk-heic", &[]));
    }
    lines.join("\n")
}

fn line(photo: &PhotoFacts, facts: &Facts<'_>) -> String {
    let said: Vec<_> =
        photo.verdicts.iter().flatten().map(|verdict| spoken(*verdict, facts)).collect();
    let key = if photo.is_usable() { "desk-line-doubtful" } else { "desk-line-bad" };
    let said = crate::text::Arg::Said(said.join(", "));
    facts.say(key, &[("number", photo.number.into()), ("verdicts", said)])
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
    let lines = shown.iter().map(|it| match &it.verdicts {
        None => facts.say("desk-line-waiting", &[("number", it.number.into())]),
        Some(verdicts) if verdicts.is_empty() => {
            facts.say("desk-line-good", &[("number", it.number.into())])
        }
        Some(_) => line(it, facts),
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
        turns.push((facts.label("button-earlier", &[]), Press::Page(page as u32 - 1)));
    }
    if (page + 1) * PAGE < count {
        turns.push((facts.label("button-later", &[]), Press::Page(page as u32 + 1)));
    }
    view.row(turns).back(Press::Back, facts)
}

/// 1, 2, 3, 7 as `1–3, 7`.
fn ranges(numbers: &[u32]) -> String {
    let mut spans: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            Some(_) | None => spans.push((*number, *number)),
        }
    }
    let spans = spans.iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}–{last}"),
    });
    spans.collect::<Vec<_>>().join(", ")
}
