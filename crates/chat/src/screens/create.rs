//! What shall be on a picture: an avatar, and a style, words of one's own, or those of a photo.

use domain::catalog::Style;
use domain::picture::Draft;
use domain::{Aspect, AvatarId, AvatarState, Command, HintId, News, Subject};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{AvatarFacts, Facts, Needs};
use crate::screen::{Next, Screen, View};
use crate::screens::desk::DOWNLOAD_BYTES_MAX;
use crate::screens::home::Home;
use crate::screens::setup::{Setup, wording};

/// How many styles a page shows, in rows of two.
const STYLES_PAGE: usize = 12;

/// How many avatars a page of the choice shows.
const AVATARS_PAGE: usize = 8;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Create {
    /// With nobody named it is the main avatar.
    Start {
        avatar: Option<AvatarId>,
    },
    PickAvatar {
        avatar: Option<AvatarId>,
        page: u32,
    },
    Category {
        avatar: AvatarId,
        category: String,
        page: u32,
    },
    Style {
        avatar: AvatarId,
        style: String,
    },
    /// A photo to take the words from: asked for, then looked at, then found.
    Photo {
        avatar: AvatarId,
        hint: Option<HintId>,
        words: Option<String>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Avatar(AvatarId),
    Avatars(u32),
    Back,
    Category(String),
    Page(u32),
    Photo,
    Style(String),
    Use,
    Words,
}

impl Screen for Create {
    type Press = Press;

    fn needs(&self) -> Needs {
        match self {
            Self::Start { .. } | Self::PickAvatar { .. } => {
                Needs { avatars: true, ..Needs::default() }
            }
            Self::Category { avatar, .. }
            | Self::Style { avatar, .. }
            | Self::Photo { avatar, .. } => Needs::avatar(avatar),
        }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let view = match self {
            Self::Start { avatar } => start(avatar.as_ref(), facts),
            Self::PickAvatar { page, .. } => pick_avatar(*page, facts),
            Self::Category { category, page, .. } => styles(category, *page, facts),
            Self::Style { style, .. } => match facts.catalog.style(style) {
                Some(style) => one(style, facts),
                None => View::new(facts.say("refusal-style-gone", &[])),
            },
            Self::Photo { hint, words, .. } => photo(hint.as_ref(), words.as_deref(), facts),
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(press) => self.pressed(press, facts),
            Event::Text(text) => self.wrote(&text, facts),
            Event::News(news) => self.told(&news, facts),
            Event::Picture(picture) => match self {
                Self::Photo { .. } if facts.person.hints_left == 0 => {
                    Next::go(self).notice(facts.say("notice-hints-over", &[]))
                }
                Self::Photo { .. } if DOWNLOAD_BYTES_MAX < picture.bytes => {
                    Next::go(self).notice(facts.say("notice-file-large", &[]))
                }
                Self::Photo { .. } => Next::go(self).run(Command::ReadPhoto { picture }),
                _ => Next::go(self).notice(facts.say("notice-photo-no-use", &[])),
            },
            Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-not-here", &[]))
            }
        }
    }
}

impl Create {
    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        match (self, press) {
            (at, Press::Back) => Next::go(at.behind(facts)),
            (Self::Start { avatar }, Press::Avatars(page)) => {
                Next::go(Self::PickAvatar { avatar, page })
            }
            (Self::PickAvatar { avatar, .. }, Press::Avatars(page)) => {
                Next::go(Self::PickAvatar { avatar, page })
            }
            (Self::PickAvatar { .. }, Press::Avatar(id)) => {
                Next::go(Self::Start { avatar: Some(id) })
            }
            (at @ Self::Start { .. }, Press::Category(category)) => match at.avatar(facts) {
                Some(avatar) => Next::go(Self::Category { avatar, category, page: 0 }),
                None => Next::go(at),
            },
            (at @ Self::Start { .. }, Press::Photo) => match at.avatar(facts) {
                _ if facts.person.hints_left == 0 => {
                    Next::go(at).notice(facts.say("notice-hints-over", &[]))
                }
                Some(avatar) => Next::go(Self::Photo { avatar, hint: None, words: None }),
                None => Next::go(at),
            },
            (Self::Category { avatar, category, .. }, Press::Page(page)) => {
                Next::go(Self::Category { avatar, category, page })
            }
            (Self::Category { avatar, .. }, Press::Style(style)) => {
                Next::go(Self::Style { avatar, style })
            }
            (at @ (Self::Start { .. } | Self::Style { .. }), Press::Words) => {
                match at.draft(String::new(), facts) {
                    Some(draft) => Next::go(Setup::ask(draft, at)),
                    None => paused(at, facts),
                }
            }
            (at @ Self::Style { .. }, Press::Use) => at.set_up(String::new(), facts),
            (at @ Self::Photo { .. }, Press::Use) => match &at {
                Self::Photo { words: Some(words), .. } => {
                    let words = words.clone();
                    at.set_up(words, facts)
                }
                _ => Next::go(at),
            },
            // The button of before, tapped twice.
            (at @ Self::Category { .. }, Press::Category(_))
            | (at @ Self::Style { .. }, Press::Style(_))
            | (at @ Self::Photo { .. }, Press::Photo)
            | (at @ Self::Start { .. }, Press::Avatar(_)) => Next::go(at),
            (at, _) => Next::go(at).notice(facts.say("notice-old-button", &[])),
        }
    }

    /// Whoever writes says what shall be on the picture.
    fn wrote(self, text: &str, facts: &Facts<'_>) -> Next {
        if matches!(self, Self::PickAvatar { .. }) || self.avatar(facts).is_none() {
            return Next::go(self).notice(facts.say("notice-use-buttons", &[]));
        }
        match wording(text, facts) {
            Ok(words) => self.set_up(words, facts),
            Err(notice) => Next::go(self).notice(notice),
        }
    }

    fn told(self, news: &News, facts: &Facts<'_>) -> Next {
        match (self, news) {
            (Self::Photo { avatar, .. }, News::HintAsked { hint }) => {
                Next::go(Self::Photo { avatar, hint: Some(hint.clone()), words: None })
            }
            (Self::Photo { avatar, hint: Some(asked), .. }, News::HintReady { hint, words })
                if asked == *hint =>
            {
                Next::go(Self::Photo { avatar, hint: None, words: Some(words.clone()) })
            }
            (Self::Photo { avatar, hint: Some(asked), .. }, News::HintFailed { hint, .. })
                if asked == *hint =>
            {
                Next::tell(Self::Photo { avatar, hint: None, words: None }, news, facts)
            }
            (at, news) => Next::tell(at, news, facts),
        }
    }

    /// Whom it is about, if they are there and trained.
    fn avatar(&self, facts: &Facts<'_>) -> Option<AvatarId> {
        match self {
            Self::Start { avatar } | Self::PickAvatar { avatar, .. } => {
                chosen(avatar.as_ref(), facts).map(|it| it.id.clone())
            }
            Self::Category { avatar, .. }
            | Self::Style { avatar, .. }
            | Self::Photo { avatar, .. } => Some(avatar.clone()),
        }
    }

    /// What is chosen here, with these words and the rest as most people want it.
    fn draft(&self, words: String, facts: &Facts<'_>) -> Option<Draft> {
        let style = match self {
            Self::Style { style, .. } => Some(style.clone()),
            Self::Start { .. }
            | Self::PickAvatar { .. }
            | Self::Category { .. }
            | Self::Photo { .. } => None,
        };
        Some(Draft {
            avatar: self.avatar(facts)?,
            style,
            words,
            aspect: Aspect::default(),
            count: 1,
            model: facts.catalog.pictures.first()?.name.clone(),
            source: None,
        })
    }

    fn set_up(self, words: String, facts: &Facts<'_>) -> Next {
        match self.draft(words, facts) {
            Some(draft) => Setup::open(draft, self, facts),
            None => paused(self, facts),
        }
    }

    /// Where its back leads.
    fn behind(self, facts: &Facts<'_>) -> crate::place::Place {
        match self {
            Self::Start { .. } => Home.into(),
            Self::PickAvatar { avatar, .. } => Self::Start { avatar }.into(),
            Self::Category { avatar, .. } | Self::Photo { avatar, .. } => {
                Self::Start { avatar: Some(avatar) }.into()
            }
            Self::Style { avatar, style } => match facts.catalog.style(&style) {
                Some(it) => {
                    Self::Category { avatar, category: it.category.clone(), page: 0 }.into()
                }
                None => Self::Start { avatar: Some(avatar) }.into(),
            },
        }
    }
}

fn paused(at: Create, facts: &Facts<'_>) -> Next {
    Next::go(at).notice(facts.say("refusal-product-paused", &[]))
}

fn finished<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = &'a AvatarFacts> {
    facts.avatars.iter().filter(|it| it.state == AvatarState::Completed)
}

/// The named avatar, else the main one, else the first that is trained.
fn chosen<'a>(named: Option<&AvatarId>, facts: &'a Facts<'_>) -> Option<&'a AvatarFacts> {
    finished(facts)
        .find(|it| Some(&it.id) == named)
        .or_else(|| finished(facts).find(|it| it.is_main))
        .or_else(|| finished(facts).next())
}

/// The styles of a category that are for this avatar.
fn fitting<'a>(category: &str, subject: Subject, facts: &'a Facts<'_>) -> Vec<&'a Style> {
    let styles = facts.catalog.styles.iter();
    styles.filter(|it| it.category == category && it.is_for(subject)).collect()
}

fn start(named: Option<&AvatarId>, facts: &Facts<'_>) -> View<Press> {
    let Some(avatar) = chosen(named, facts) else {
        return View::new(facts.say("create-no-avatar", &[]))
            .name(facts.label("button-create-avatar", &[]), "create_avatar");
    };
    if facts.catalog.pictures.is_empty() {
        return View::new(facts.say("refusal-product-paused", &[]));
    }
    let mut view = View::new(facts.say("create", &[("name", avatar.name.as_str().into())]));
    let categories = facts.catalog.style_categories().into_iter();
    let categories: Vec<_> =
        categories.filter(|it| !fitting(it, avatar.subject, facts).is_empty()).collect();
    for pair in categories.chunks(2) {
        view = view.row(pair.iter().map(|category| {
            let label = facts.label(&format!("style-category-{category}"), &[]);
            (label, Press::Category((*category).to_owned()))
        }));
    }
    let mut own = vec![(facts.label("button-own-words", &[]), Press::Words)];
    if facts.person.can_hint {
        own.push((facts.label("button-from-photo", &[]), Press::Photo));
    }
    view = view.row(own);
    if 1 < finished(facts).count() {
        view = view.button(facts.label("button-other-avatar", &[]), Press::Avatars(0));
    }
    view
}

fn pick_avatar(page: u32, facts: &Facts<'_>) -> View<Press> {
    let all: Vec<_> = finished(facts).collect();
    let page = (page as usize).min(all.len().saturating_sub(1) / AVATARS_PAGE);
    let mut view = View::new(facts.say("create-pick-avatar", &[]));
    for avatar in all.iter().skip(page * AVATARS_PAGE).take(AVATARS_PAGE) {
        let key = if avatar.is_main { "avatars-line-main" } else { "avatars-line-ready" };
        let label = facts.label(key, &[("name", avatar.name.as_str().into())]);
        view = view.button(label, Press::Avatar(avatar.id.clone()));
    }
    turns(view, page, all.len(), AVATARS_PAGE, Press::Avatars, facts)
}

fn styles(category: &str, page: u32, facts: &Facts<'_>) -> View<Press> {
    let Some(avatar) = &facts.avatar else {
        return View::new(facts.say("refusal-avatar-gone", &[]));
    };
    let all = fitting(category, avatar.subject, facts);
    if all.is_empty() {
        return View::new(facts.say("refusal-style-gone", &[]));
    }
    let page = (page as usize).min((all.len() - 1) / STYLES_PAGE);
    let title = facts.label(&format!("style-category-{category}"), &[]);
    let args = [("category", title.as_str().into()), ("name", avatar.name.as_str().into())];
    let mut view = View::new(facts.say("create-category", &args));
    let shown: Vec<_> = all.iter().skip(page * STYLES_PAGE).take(STYLES_PAGE).collect();
    for pair in shown.chunks(2) {
        view = view.row(pair.iter().map(|style| {
            let title = style.title.of(facts.person.language).to_owned();
            (title, Press::Style(style.name.clone()))
        }));
    }
    turns(view, page, all.len(), STYLES_PAGE, Press::Page, facts)
}

/// Adds the ways to the pages before and after this one.
fn turns(
    view: View<Press>,
    page: usize,
    count: usize,
    size: usize,
    press: impl Fn(u32) -> Press,
    facts: &Facts<'_>,
) -> View<Press> {
    let mut turns = Vec::new();
    if 0 < page {
        turns.push((facts.label("button-previous", &[]), press(page as u32 - 1)));
    }
    if (page + 1) * size < count {
        turns.push((facts.label("button-next", &[]), press(page as u32 + 1)));
    }
    view.row(turns)
}

fn one(style: &Style, facts: &Facts<'_>) -> View<Press> {
    let language = facts.person.language;
    let args =
        [("style", style.title.of(language).into()), ("about", style.about.of(language).into())];
    View::new(facts.say("create-style", &args))
        .button(facts.label("button-choose", &[]), Press::Use)
        .button(facts.label("button-add-words", &[]), Press::Words)
}

fn photo(hint: Option<&HintId>, words: Option<&str>, facts: &Facts<'_>) -> View<Press> {
    match (hint, words) {
        (Some(_), _) => View::new(facts.say("create-photo-looking", &[])),
        (None, Some(words)) => {
            View::new(facts.say("create-photo-found", &[("words", words.into())]))
                .button(facts.label("button-use-words", &[]), Press::Use)
        }
        (None, None) => View::new(facts.say("create-photo", &[])),
    }
}
