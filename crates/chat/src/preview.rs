//! All screens on one page, with no messenger, and the graph of who goes where.
//!
//! The graph isn't drawn from knowledge of the screens: every button of every sample is pressed.

pub mod samples;

use std::collections::{BTreeMap, BTreeSet};

use domain::command::Picture;
use domain::news::Effect;
use domain::{
    AvatarId, Command, Credits, GenerationId, GiftId, HintId, InputId, Language, News, OrderId,
};
use serde_json::Value;

use crate::facts::Facts;
use crate::place::{Incoming, Place};
use crate::preview::samples::{Sample, samples};
use crate::screen::{Does, Shown};
use crate::text::{Speech, escape};

const STYLE: &str = include_str!("preview/style.css");

/// How many buttons of one way are named.
const LABELS_MAX: usize = 4;

/// One way from a screen to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// The nodes, as [`node`] names them.
    pub from: String,
    pub to: String,
    /// The label of a button, or what is sent.
    pub by: String,
    /// The command that is carried out on the way.
    pub runs: Option<String>,
}

/// The page: self-contained HTML that needs no script.
pub fn page(languages: &[Language]) -> String {
    let samples = samples();
    let mut body = vec![head(languages)];
    let mut screen = "";
    let mut anchors = BTreeSet::new();
    for sample in &samples {
        if sample.place.name() != screen {
            screen = sample.place.name();
            body.push(format!("<h2>{screen}</h2>\n"));
        }
        // Links to a screen lead to its first sample.
        let node = node(&sample.place);
        if anchors.insert(node.clone()) {
            body.push(format!("<article id=\"{node}\">"));
        } else {
            body.push("<article>".to_owned());
        }
        body.push(sketch(sample, languages));
    }
    body.push(spoken_news(&samples[0], languages));
    body.push(graph(&steps(languages.first().copied().unwrap_or_default())));
    body.push("</main>\n</body>\n</html>\n".to_owned());
    body.concat()
}

/// A place without what it has gathered: `desk-review`, `balance`.
pub fn node(place: &Place) -> String {
    let json: Value = serde_json::from_str(&place.to_json()).expect("we have just written it");
    let variant = match &json["at"] {
        Value::String(variant) => Some(variant),
        // A variant's name is in capitals, a struct's field is not.
        Value::Object(fields) => {
            fields.keys().next().filter(|it| it.starts_with(char::is_uppercase))
        }
        _ => None,
    };
    let mut name = place.name().to_owned();
    for it in variant.into_iter().flat_map(|it| it.chars()) {
        if it.is_uppercase() {
            name.push('-');
        }
        name.extend(it.to_lowercase());
    }
    name
}

/// Everything that users can do on the samples and where it leads, when nothing is refused.
pub fn steps(language: Language) -> Vec<Step> {
    let mut steps = BTreeSet::new();
    for sample in samples() {
        let facts = sample.facts(language);
        let buttons = sample.place.view(&facts).presses().into_iter();
        let presses = buttons.map(|(label, press)| (label, Incoming::Press(press)));
        let sent = [
            ("(text)".to_owned(), Incoming::Text("Anna".to_owned())),
            ("(photo)".to_owned(), Incoming::Picture(picture())),
        ];
        for (by, incoming) in presses.chain(sent) {
            let is_press = matches!(incoming, Incoming::Press(_));
            let (to, runs) = arrive(&sample.place, incoming, &facts);
            let (from, to) = (node(&sample.place), node(&to));
            if is_press || from != to || runs.is_some() {
                steps.insert(Step { from, to, by, runs });
            }
        }
    }
    steps.into_iter().collect()
}

/// Where an event leads in the end: the answer to its command is awaited.
fn arrive(place: &Place, incoming: Incoming, facts: &Facts<'_>) -> (Place, Option<String>) {
    let next = place.clone().on(incoming, facts);
    let Some(command) = next.run else {
        return (next.place, None);
    };
    let name: String =
        format!("{command:?}").chars().take_while(|it| it.is_alphanumeric()).collect();
    (next.place.on(Incoming::News(granted(&command)), facts).place, Some(name))
}

/// What is answered when a command is carried out.
fn granted(command: &Command) -> News {
    match command {
        Command::AcceptTerms => News::Welcomed { bonus: Credits::ZERO },
        Command::AddPhoto { .. } => News::PhotoTaken,
        Command::Admin { .. } => News::AdminDone { text: String::new() },
        Command::Buy { .. } => News::OrderOpened { order: OrderId::new(1) },
        Command::CancelPictures { .. } | Command::CancelTraining { .. } => News::CancelAsked,
        Command::CheckOrder { .. } => News::OrderChecked,
        Command::ChooseMain { .. } => News::MainChosen,
        Command::DeleteAvatar { .. } => News::AvatarDeleted,
        Command::DeletePictures { artifacts } => {
            News::PicturesDeleted { count: artifacts.len() as u32 }
        }
        Command::DraftAvatar { .. } => News::Drafted { avatar: AvatarId::new(1) },
        Command::EditCharacter { .. }
        | Command::EditPhotos { .. }
        | Command::MakePictures { .. }
        | Command::MakeSpeech { .. } => News::PicturesQueued { generation: GenerationId::new(1) },
        Command::EnterPromo { .. } => {
            News::PromoEntered { effect: Effect::Discount { percent: 10 } }
        }
        Command::Favour { is_favourite, .. } => News::Favoured { is_favourite: *is_favourite },
        Command::ForgetMe => News::ForgetBegun,
        Command::GiveCredits { .. } => News::GiftMade { gift: GiftId::new(1) },
        Command::HelpScript { .. } | Command::ImproveWords { .. } | Command::ReadPhoto { .. } => {
            News::HintAsked { hint: HintId::new(1) }
        }
        Command::KeepContact { .. } => News::ContactKept,
        Command::KeepPlan { .. } => News::PlanKept { until: String::new() },
        Command::LeaveOrder { .. } => News::OrderLeft,
        Command::MakeVideos { drafts, .. } => News::VideosQueued {
            generations: (1..).map(GenerationId::new).take(drafts.len()).collect(),
        },
        Command::OpenGift { .. } => News::GiftOpened { credits: Credits::ZERO },
        Command::PackPictures { artifacts } => News::PackingBegun { count: artifacts.len() as u32 },
        Command::Rate { is_good, .. } => News::Rated { is_good: *is_good },
        Command::RemovePhoto { .. } | Command::RemoveUnusable { .. } => {
            News::PhotosRemoved { count: 1 }
        }
        Command::Rename { .. } => News::Renamed,
        Command::Retrain { avatar } => News::Drafted { avatar: avatar.clone() },
        Command::PlayVoice { .. } | Command::SendOriginals { .. } | Command::ShowAgain { .. } => {
            News::SendingPictures
        }
        Command::Speak { .. } => News::LanguageChanged,
        Command::StopPlan { .. } => News::PlanStopped { until: String::new() },
        Command::TakeBackGift { .. } => News::GiftTakenBack { credits: Credits::ZERO },
        Command::TakeClip { .. } | Command::TakeInput { .. } | Command::UseResult { .. } => {
            News::InputTaken { input: InputId::new(1) }
        }
        Command::Train { avatar, .. } => News::TrainingQueued { avatar: avatar.clone() },
        Command::UnlinkCard { .. } => News::CardUnlinked,
        Command::WriteFeedback { .. } => News::FeedbackTaken,
    }
}

fn picture() -> Picture {
    Picture {
        file_id: "file".to_owned(),
        unique_id: "unique".to_owned(),
        bytes: 400_000,
        is_document: false,
        album: None,
        message: 1,
        caption: None,
    }
}

fn head(languages: &[Language]) -> String {
    let mut choices = String::new();
    let mut rules = String::new();
    for (at, language) in languages.iter().enumerate() {
        let tag = language.as_str();
        let checked = if at == 0 { " checked" } else { "" };
        let label = Speech::of(*language).label(&format!("language-{tag}"), &[]);
        choices.push_str(&radio(tag, &label, checked));
        rules.push_str(&format!(
            "body:has(#show-{tag}:checked) .chat:not([lang={tag}]) {{ display: none; }}\n"
        ));
    }
    choices.push_str(&radio("all", "All", ""));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Atelier: screens</title>\n<style>\n{STYLE}{rules}</style>\n</head>\n<body>\n\
         <header><h1>Screens</h1>{choices}<a href=\"#graph\">Who goes where</a></header>\n<main>\n"
    )
}

fn radio(tag: &str, label: &str, checked: &str) -> String {
    format!(
        "<label><input type=\"radio\" name=\"show\" id=\"show-{tag}\"{checked}> {label}</label>"
    )
}

fn sketch(sample: &Sample, languages: &[Language]) -> String {
    let name = escape(&sample.name).into_owned();
    let chats = languages.iter().map(|language| {
        let facts = sample.facts(*language);
        let drawn = sample.place.view(&facts);
        let rows = drawn.rows.iter().map(|row| {
            let buttons = row.iter().map(|(label, does)| button(sample, label, does, &facts));
            format!("<div class=\"row\">{}</div>", buttons.collect::<String>())
        });
        let shown = drawn.picture.as_ref().map(picture_of).unwrap_or_default();
        chat(*language, &shown, &drawn.text, &rows.collect::<String>())
    });
    let chats = chats.collect::<String>();
    format!("<h3>{name}</h3><div class=\"chats\">{chats}</div></article>\n")
}

/// Its link leads where a press does, its title says what travels.
fn button(sample: &Sample, label: &str, does: &Does, facts: &Facts<'_>) -> String {
    let press = match does {
        Does::Press(press) => press,
        Does::Open(address) => {
            // Without its scheme: the page itself links to nothing outside.
            let address = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
            return format!("<a title=\"{}\">{} ↗</a>", escape(address), escape(label));
        }
    };
    let (to, runs) = arrive(&sample.place, Incoming::Press(press.to_owned()), facts);
    let runs = runs.map(|it| format!(" runs {it}")).unwrap_or_default();
    let title = format!("{} ({} bytes){runs}", escape(press), press.len());
    format!("<a href=\"#{}\" title=\"{title}\">{}</a>", node(&to), escape(label))
}

fn chat(language: Language, shown: &str, text: &str, rows: &str) -> String {
    let tag = language.as_str();
    format!("<div class=\"chat\" lang=\"{tag}\">{shown}<p>{text}</p>{rows}</div>")
}

/// A picture as boxes with numbers in them.
fn picture_of(shown: &Shown) -> String {
    let boxes = match shown {
        Shown::Artifact(_) | Shown::Face(_) | Shown::Input(_) => "<i></i>".to_owned(),
        Shown::Compared(_) | Shown::Example(_) => "<i></i><i></i>".to_owned(),
        Shown::Collage(tiles) => {
            let tiles = tiles.iter().map(|it| {
                let star = if it.is_favourite { " *" } else { "" };
                format!("<i>{}{star}</i>", it.number)
            });
            tiles.collect()
        }
        Shown::Faces(names) => (1..=names.len()).map(|it| format!("<i>{it}</i>")).collect(),
    };
    format!("<div class=\"picture\">{boxes}</div>")
}

/// What is told above a view, in all its variants.
fn spoken_news(sample: &Sample, languages: &[Language]) -> String {
    let mut html = "<h2 id=\"news\">news</h2>\n".to_owned();
    for news in samples::news() {
        let chats = languages.iter().filter_map(|language| {
            let text = crate::news::text(&news, &sample.facts(*language))?;
            Some(chat(*language, "", &text, ""))
        });
        let chats = chats.collect::<String>();
        if !chats.is_empty() {
            html.push_str(&format!("<article><div class=\"chats\">{chats}</div></article>\n"));
        }
    }
    html
}

/// The ways from each screen, and above them the ways that all screens share.
fn graph(steps: &[Step]) -> String {
    let link = |node: &str| format!("<a href=\"#{node}\">{node}</a>");
    let commands = crate::route::COMMANDS.map(|it| format!("/{it}")).join(" ");
    let names = crate::route::NAMES.iter().filter_map(|name| {
        let to = node(&crate::route::named(name)?);
        Some(format!(
            "<tr><td>everywhere</td><td>{name}</td><td></td><td>{}</td></tr>\n",
            link(&to)
        ))
    });
    let mut ways: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for step in steps.iter().filter(|it| it.to != "home" || it.runs.is_some()) {
        let runs = step.runs.as_deref().unwrap_or_default();
        ways.entry((&step.from, &step.to, runs)).or_default().push(&step.by);
    }
    let rows = ways.iter().map(|((from, to, runs), by)| {
        let more = if LABELS_MAX < by.len() { " …" } else { "" };
        let by = by[..by.len().min(LABELS_MAX)].join(" · ");
        format!(
            "<tr><td>{}</td><td>{}{more}</td><td>{runs}</td><td>{}</td></tr>\n",
            link(from),
            escape(&by),
            link(to)
        )
    });
    format!(
        "<h2 id=\"graph\">Who goes where</h2>\n<p>Everywhere: {commands}. Ways to the main menu \
         are left out.</p>\n<div class=\"wide\"><table>\n<tr><th>from</th><th>by</th><th>runs</th>\
         <th>to</th></tr>\n{}{}</table></div>\n",
        names.collect::<String>(),
        rows.collect::<String>()
    )
}
