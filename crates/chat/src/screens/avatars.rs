//! The avatar menu: all avatars, and the way to a new one.

use domain::{AvatarId, AvatarState};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{AvatarFacts, Facts, Needs};
use crate::screen::{Next, Screen, View};
use crate::screens::avatar::Avatar;
use crate::screens::home::Home;
use crate::screens::run::Run;

/// How many avatars a page shows.
const PAGE: usize = 8;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Avatars {
    pub page: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    Open(AvatarId),
    Page(u32),
}

impl Screen for Avatars {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs { avatars: true, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let count = facts.avatars.len();
        let key = if count == 0 { "avatars-none" } else { "avatars" };
        let mut view = View::new(facts.say(key, &[("count", (count as i64).into())]));
        let page = (self.page as usize).min(count.saturating_sub(1) / PAGE);
        for avatar in facts.avatars.iter().skip(page * PAGE).take(PAGE) {
            view = view.button(label(avatar, facts), Press::Open(avatar.id.clone()));
        }
        let mut turns = Vec::new();
        if 0 < page {
            turns.push((facts.label("button-previous", &[]), Press::Page(page as u32 - 1)));
        }
        if (page + 1) * PAGE < count {
            turns.push((facts.label("button-next", &[]), Press::Page(page as u32 + 1)));
        }
        view.row(turns)
            .name(facts.label("button-create-avatar", &[]), "create_avatar")
            .back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(Press::Open(avatar)) if is_training(&avatar, facts) => {
                Next::go(Run::Watch { avatar })
            }
            Event::Press(Press::Open(avatar)) => Next::go(Avatar::Card { avatar }),
            Event::Press(Press::Page(page)) => Next::go(Self { page }),
            Event::Press(Press::Back) => Next::go(Home),
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Text(_) => Next::go(self).notice(facts.say("notice-use-buttons", &[])),
            Event::Picture(_) => Next::go(self).notice(facts.say("notice-photo-where", &[])),
            Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-not-here", &[]))
            }
        }
    }
}

/// What is of interest about an avatar in training is how it goes.
fn is_training(id: &AvatarId, facts: &Facts<'_>) -> bool {
    let training = facts.avatars.iter().find(|it| it.id == *id).and_then(|it| it.training.as_ref());
    training.is_some_and(|it| it.state.is_open())
}

fn label(avatar: &AvatarFacts, facts: &Facts<'_>) -> String {
    let key = match avatar.state {
        AvatarState::Completed if avatar.is_main => "avatars-line-main",
        AvatarState::Completed => "avatars-line-ready",
        AvatarState::Training => "avatars-line-training",
        AvatarState::Draft | AvatarState::PhotosUploading | AvatarState::Ready => {
            "avatars-line-draft"
        }
        AvatarState::Failed | AvatarState::Cancelled => "avatars-line-failed",
    };
    facts.label(key, &[("name", avatar.name.as_str().into())])
}
