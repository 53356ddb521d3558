//! The main menu.

use domain::picture::Product;
use domain::{AvatarId, AvatarState, GenerationId, News, WorkState};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{AvatarFacts, Facts, MakingFacts, Needs};
use crate::route;
use crate::screen::{Next, Screen, View};
use crate::screens::avatar::Avatar;
use crate::screens::balance::Balance;
use crate::screens::desk::Desk;
use crate::screens::edit::{Edit, is_paused, take};
use crate::screens::faq::Faq;
use crate::screens::language::LanguagePick;
use crate::screens::making::Making;
use crate::screens::run::Run;
use crate::screens::video_plan;

/// How many orders the menu has room for.
const MAKING_SHOWN: usize = 3;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Balance,
    Help,
    Language,
    /// Go on with a draft or look at a running training.
    Resume(AvatarId),
    /// Look at what is being made.
    Watch(GenerationId),
}

impl Screen for Home {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs { avatars: true, making: true, edits: true, videos: true, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let person = &facts.person;
        let mut text = facts.say(
            "home",
            &[("name", person.name.as_str().into()), ("credits", person.available.into())],
        );
        if !person.held.is_zero() {
            text.push('\n');
            text.push_str(&facts.say("home-held", &[("credits", person.held.into())]));
        }
        let mut view = View::new(text);
        for avatar in facts.avatars.iter().filter(|it| is_unfinished(it)) {
            let key = match &avatar.training {
                Some(training) if training.state.is_open() => "button-resume-training",
                Some(_) | None => "button-resume-draft",
            };
            let label = facts.label(key, &[("name", avatar.name.as_str().into())]);
            view = view.button(label, Press::Resume(avatar.id.clone()));
        }
        for order in facts.making.iter().take(MAKING_SHOWN) {
            view = view.button(under_way(order, facts), Press::Watch(order.id.clone()));
        }
        // Whoever has a trained avatar came for pictures.
        if facts.avatars.iter().any(|it| it.state == AvatarState::Completed) {
            view = view.name(facts.label("button-make-pictures", &[]), route::PICTURES);
        }
        if !video_plan::is_paused(facts) {
            view = view.name(facts.label("button-create-video", &[]), route::VIDEO);
        }
        view = view
            .name(facts.label("button-edit-photo", &[]), route::EDIT)
            .name(facts.label("button-create-avatar", &[]), "create_avatar")
            .name(facts.label("button-avatars", &[]), route::AVATARS)
            .name(facts.label("button-gallery", &[]), route::GALLERY);
        if person.has_shop {
            view = view.name(facts.label("button-top-up", &[]), route::BUY);
        }
        view.row([
            (facts.label("button-balance", &[]), Press::Balance),
            (facts.label("button-help", &[]), Press::Help),
        ])
        .button(facts.label("button-language", &[]), Press::Language)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(Press::Balance) => Next::go(Balance::default()),
            Event::Press(Press::Help) => Next::go(Faq::default()),
            Event::Press(Press::Language) => Next::go(LanguagePick),
            Event::Press(Press::Watch(generation)) => Next::go(Making::watch(generation)),
            Event::Press(Press::Resume(id)) => resume(&id, facts),
            // Whoever sends a photo unasked is asked what to do with it.
            Event::News(News::InputTaken { input }) => {
                Next::go(Edit::Start { inputs: vec![input] })
            }
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Text(_) => Next::go(self).notice(facts.say("notice-use-buttons", &[])),
            Event::Picture(_) if is_paused(facts) => {
                Next::go(self).notice(facts.say("notice-photo-where", &[]))
            }
            Event::Picture(picture) => take(self, picture, facts),
            Event::Clip(_) if !video_plan::is_paused(facts) => {
                Next::go(self).notice(facts.say("notice-clip-no-use", &[]))
            }
            Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-not-here", &[]))
            }
        }
    }
}

/// What is being made, as a label.
fn under_way(order: &MakingFacts, facts: &Facts<'_>) -> String {
    match order.product {
        Product::Picture => {
            let args = [("name", order.avatar_name.as_str().into()), ("count", order.count.into())];
            facts.label("button-watch-making", &args)
        }
        Product::Edit => {
            let title = order.preset.as_ref().map(|it| facts.preset_title(it)).unwrap_or_default();
            facts.label("button-watch-edit", &[("title", title.as_str().into())])
        }
        Product::Character => facts.label("button-watch-character", &[]),
        Product::Speech => facts.label("button-watch-speech", &[]),
        Product::Video => facts.label("button-watch-video", &[]),
    }
}

fn is_unfinished(avatar: &AvatarFacts) -> bool {
    match avatar.state {
        AvatarState::Draft
        | AvatarState::PhotosUploading
        | AvatarState::Ready
        | AvatarState::Training => true,
        AvatarState::Completed | AvatarState::Failed | AvatarState::Cancelled => {
            avatar.training.as_ref().is_some_and(|it| it.state.is_open())
        }
    }
}

/// Where an avatar is worked on, given what is known of it.
fn resume(id: &AvatarId, facts: &Facts<'_>) -> Next {
    let Some(avatar) = facts.avatars.iter().find(|it| it.id == *id) else {
        return Next::go(Home).notice(facts.say("refusal-avatar-gone", &[]));
    };
    let is_training = avatar.training.as_ref().is_some_and(|it| match it.state {
        WorkState::Pending | WorkState::Processing => true,
        WorkState::Succeeded | WorkState::Failed | WorkState::Canceled => false,
    });
    match avatar.state {
        _ if is_training => Next::go(Run::Watch { avatar: id.clone() }),
        AvatarState::Draft | AvatarState::PhotosUploading | AvatarState::Ready => {
            Next::go(Desk::Gather { avatar: id.clone() })
        }
        AvatarState::Training
        | AvatarState::Completed
        | AvatarState::Failed
        | AvatarState::Cancelled => Next::go(Avatar::Card { avatar: id.clone() }),
    }
}
