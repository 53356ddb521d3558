//! Samples by name, events of every kind, and what an event leads to as one line.

use chat::preview::node;
use chat::preview::samples::{Sample, samples};
use chat::{Facts, Incoming, Next, Place, Sent};
use domain::command::{Clip, Picture};
use domain::{Language, News};

/// A name that would break a text in which it isn't escaped, as long as names may be.
pub const NASTY: &str = "<b>&\"</i> {$name} <a href=\"x\">&lt;&#60;<";

pub const SENT: [Sent; 8] = [
    Sent::Video,
    Sent::Voice,
    Sent::Audio,
    Sent::Sticker,
    Sent::File,
    Sent::Contact,
    Sent::Place,
    Sent::Unknown,
];

pub const TEXTS: [&str; 7] = [
    "Anna",
    "",
    " \u{a0}\n",
    "\u{202e}\u{200b}",
    NASTY,
    "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "not /a command",
];

/// Presses that no version of ours has made.
pub const GARBAGE: [&str; 12] = [
    "",
    ":",
    "home",
    "home:",
    "home:null",
    "home:\"Nope\"",
    "desk:{\"Remove\":\"../../etc/passwd\"}",
    "desk:{\"Remove\":\"ava_00000000000000000000000001\"}",
    "balance:{\"Page\":-1}",
    "balance:{\"Page\":99999999999}",
    "BACK_TO_MENU",
    "\u{1f980}\u{1f980}\u{1f980}\u{1f980}",
];

/// Presses that are well formed and mean what isn't there.
pub const FORGED: [&str; 19] = [
    "avatars:{\"Open\":\"ava_0\"}",
    "avatars:{\"Page\":4294967295}",
    "desk:{\"Page\":4294967295}",
    "desk:{\"Remove\":\"pho_zzzzzzzzzzzzzzzzzzzzzzzzzz\"}",
    "create:{\"Avatar\":\"ava_zzzzzzzzzzzzzzzzzzzzzzzzzz\"}",
    "create:{\"Category\":\"gone\"}",
    "create:{\"Page\":4294967295}",
    "create:{\"Style\":\"gone\"}",
    "edit:{\"Category\":\"gone\"}",
    "edit:{\"Page\":4294967295}",
    "edit:{\"Preset\":\"gone\"}",
    "edit_setup:{\"Make\":0}",
    "edit_setup:\"Continue\"",
    "faq:{\"Topic\":255}",
    "gallery:{\"P\":\"art_zzzzzzzzzzzzzzzzzzzzzzzzzz\"}",
    "setup:{\"Count\":4294967295}",
    "setup:{\"Make\":0}",
    "setup:{\"Model\":\"gone\"}",
    "home:{\"Resume\":\"ava_zzzzzzzzzzzzzzzzzzzzzzzzzz\"}",
];

pub fn sample(name: &str) -> Sample {
    samples().into_iter().find(|it| it.name == name).unwrap_or_else(|| panic!("no sample `{name}`"))
}

pub fn picture() -> Picture {
    Picture {
        file_id: "AgACAgIAAx0".to_owned(),
        unique_id: "AQADqbUxG".to_owned(),
        bytes: 400_000,
        is_document: false,
        album: Some("13".to_owned()),
        message: 7,
        caption: None,
    }
}

pub fn clip() -> Clip {
    Clip {
        file_id: "BAACAgIAAx0".to_owned(),
        unique_id: "AQADvideo".to_owned(),
        bytes: 3_000_000,
        seconds: 12,
        width: 720,
        height: 1280,
        is_document: false,
        message: 7,
        caption: None,
    }
}

/// What comes back from every button of every sample, each once.
pub fn presses() -> Vec<String> {
    let mut presses: Vec<_> = samples()
        .iter()
        .flat_map(|it| it.place.view(&it.facts(Language::En)).presses())
        .map(|(_, press)| press)
        .collect();
    presses.sort();
    presses.dedup();
    presses
}

/// Everything that may arrive in a chat, of each kind at least one.
pub fn incoming() -> Vec<Incoming> {
    let texts = TEXTS.iter().map(|it| Incoming::Text((*it).to_owned()));
    let commands = chat::route::COMMANDS.iter().map(|it| Incoming::Text(format!("/{it}")));
    let long = ["я".repeat(5_000), "/".repeat(5_000), NASTY.repeat(100)].map(Incoming::Text);
    let pictures = [
        picture(),
        Picture { bytes: 25 * 1024 * 1024, is_document: true, ..picture() },
        Picture { bytes: u64::MAX, ..picture() },
    ];
    let clips = [
        clip(),
        Clip { bytes: 0, seconds: 0, width: 0, height: 0, is_document: true, ..clip() },
        Clip { bytes: u64::MAX, seconds: u32::MAX, width: u32::MAX, height: 1, ..clip() },
    ];
    let garbage = GARBAGE.iter().chain(&FORGED).map(|it| (*it).to_owned());
    let names = chat::route::NAMES.iter().map(|it| (*it).to_owned());
    texts
        .chain(commands)
        .chain(long)
        .chain(pictures.map(Incoming::Picture))
        .chain(clips.map(Incoming::Clip))
        .chain(SENT.map(Incoming::Other))
        .chain(presses().into_iter().chain(garbage).chain(names).map(Incoming::Press))
        .chain(chat::preview::samples::news().into_iter().map(Incoming::News))
        .collect()
}

/// `where; runs Command; says "…"`, as much of it as there is.
pub fn line(next: &Next) -> String {
    let runs = next.run.as_ref().map(|it| format!("; runs {}", name(&format!("{it:?}"))));
    let says = next.notice.as_ref().map(|it| format!("; says {it:?}"));
    node(&next.place) + &runs.unwrap_or_default() + &says.unwrap_or_default()
}

/// What a text leads to, or, after a colon, a press.
pub fn go(place: &Place, what: &str, facts: &Facts<'_>) -> String {
    let incoming = match what.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
        Some(press) => Incoming::Press(press.to_owned()),
        None => Incoming::Text(what.to_owned()),
    };
    line(&place.clone().on(incoming, facts))
}

/// Presses the button whose label begins so; what it leads to.
#[track_caller]
pub fn press(place: &Place, label: &str, facts: &Facts<'_>) -> Next {
    let found = place.view(facts).presses().into_iter().find(|(it, _)| it.starts_with(label));
    let (_, press) = found.unwrap_or_else(|| panic!("no [{label}] on {}", node(place)));
    place.clone().on(Incoming::Press(press), facts)
}

pub fn labels(place: &Place, facts: &Facts<'_>) -> Vec<String> {
    place.view(facts).rows.concat().into_iter().map(|(label, _)| label).collect()
}

pub fn tell(place: &Place, news: News, facts: &Facts<'_>) -> Next {
    place.clone().on(Incoming::News(news), facts)
}

/// The first word of something printed by `Debug`.
pub fn name(debug: &str) -> &str {
    debug.split([' ', '{', '(']).next().unwrap_or_default()
}
