//! One avatar: its card, a new name, and the question whether to delete it.

use domain::avatar::{NAME_CHARS_MAX, WrongName, name};
use domain::{AvatarId, AvatarState, Command, News};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{AvatarFacts, Facts, Needs, Numbers};
use crate::screen::{Next, Screen, View};
use crate::screens::avatars::Avatars;
use crate::screens::create::Create;
use crate::screens::desk::Desk;
use crate::screens::run::Run;
use crate::text::Arg;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Avatar {
    Card { avatar: AvatarId },
    AskName { avatar: AvatarId },
    AskDelete { avatar: AvatarId },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    AskDelete,
    Back,
    /// Names the avatar, so that an old question never deletes another one.
    Delete(AvatarId),
    Main,
    Make,
    Photos,
    Rename,
    Retrain,
    Watch,
}

impl Avatar {
    pub fn id(&self) -> &AvatarId {
        match self {
            Self::Card { avatar } | Self::AskName { avatar } | Self::AskDelete { avatar } => avatar,
        }
    }
}

impl Screen for Avatar {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs { avatar: Some(self.id().clone()), numbers: true, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let Some(avatar) = &facts.avatar else {
            return View::new(facts.say("refusal-avatar-gone", &[])).back(Press::Back, facts);
        };
        let name = || Arg::from(avatar.name.as_str());
        match self {
            Self::Card { .. } => card(avatar, facts),
            Self::AskName { .. } => {
                let most = (NAME_CHARS_MAX as i64).into();
                View::new(facts.say("avatar-ask-name", &[("name", name()), ("most", most)]))
            }
            Self::AskDelete { .. } => View::new(
                facts.say("avatar-ask-delete", &[("name", name())]),
            )
            .button(facts.label("button-delete-for-good", &[]), Press::Delete(avatar.id.clone())),
        }
        .back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        let avatar = self.id().clone();
        match (self, event) {
            (Self::AskName { .. }, Event::Text(text)) => match name(&text) {
                Ok(name) => Next::go(Self::Card { avatar: avatar.clone() })
                    .run(Command::Rename { avatar, name }),
                Err(wrong) => {
                    let key = match wrong {
                        WrongName::Empty => "notice-name-empty",
                        WrongName::TooLong => "notice-name-long",
                    };
                    let most = (NAME_CHARS_MAX as i64).into();
                    Next::go(Self::AskName { avatar }).notice(facts.say(key, &[("most", most)]))
                }
            },
            (at @ Self::AskDelete { .. }, Event::Press(Press::Delete(asked)))
                if asked == avatar =>
            {
                Next::go(at).run(Command::DeleteAvatar { avatar })
            }
            (at, Event::Press(Press::Delete(_))) => {
                Next::go(at).notice(facts.say("notice-old-button", &[]))
            }
            (_, Event::Press(Press::AskDelete)) => Next::go(Self::AskDelete { avatar }),
            (_, Event::Press(Press::Main)) => {
                Next::go(Self::Card { avatar: avatar.clone() }).run(Command::ChooseMain { avatar })
            }
            (_, Event::Press(Press::Make)) => Next::go(Create::Start { avatar: Some(avatar) }),
            (_, Event::Press(Press::Rename)) => Next::go(Self::AskName { avatar }),
            (_, Event::Press(Press::Retrain)) => {
                Next::go(Self::Card { avatar: avatar.clone() }).run(Command::Retrain { avatar })
            }
            (_, Event::Press(Press::Watch)) => Next::go(Run::Watch { avatar }),
            (_, Event::Press(Press::Photos)) => Next::go(Desk::Gather { avatar }),
            (Self::Card { .. }, Event::Press(Press::Back)) => Next::go(Avatars::default()),
            (_, Event::Press(Press::Back)) => Next::go(Self::Card { avatar }),
            (_, Event::News(news @ News::AvatarDeleted)) => {
                Next::tell(Avatars::default(), &news, facts)
            }
            (_, Event::News(News::Drafted { avatar })) => Next::go(Desk::Gather { avatar }),
            (at, Event::News(news)) => Next::tell(at, &news, facts),
            (at, Event::Text(_)) => Next::go(at).notice(facts.say("notice-use-buttons", &[])),
            (at, Event::Picture(_)) => Next::go(at).notice(facts.say("notice-photo-where", &[])),
            (at, Event::Clip(_) | Event::Other(_)) => {
                Next::go(at).notice(facts.say("notice-not-here", &[]))
            }
        }
    }
}

fn card(avatar: &AvatarFacts, facts: &Facts<'_>) -> View<Press> {
    let mut lines = vec![facts.say("avatar-title", &[("name", avatar.name.as_str().into())])];
    let state = facts.say(&format!("avatar-state-{}", key(avatar.state)), &[]);
    let kind = facts.say(&format!("kind-{}", avatar.kind.as_str()), &[]);
    let subject = facts.say(&format!("subject-{}", avatar.subject.as_str()), &[]);
    lines.push(facts.say(
        "avatar-facts",
        &[
            ("kind", Arg::Said(kind)),
            ("subject", Arg::Said(subject)),
            ("state", Arg::Said(state)),
            ("photos", avatar.photos.into()),
        ],
    ));
    if let Some(numbers) = facts.numbers {
        lines.extend(counted(numbers, facts));
    }
    if avatar.is_main {
        lines.push(facts.say("avatar-is-main", &[]));
    }
    let mut view = View::new(lines.join("\n"));
    match avatar.state {
        AvatarState::Draft | AvatarState::PhotosUploading | AvatarState::Ready => {
            view = view.button(facts.label("button-go-on", &[]), Press::Photos);
        }
        AvatarState::Training => {
            view = view.button(facts.label("button-watch", &[]), Press::Watch);
        }
        AvatarState::Completed | AvatarState::Failed | AvatarState::Cancelled => {
            if avatar.state == AvatarState::Completed {
                view = view.button(facts.label("button-make-pictures", &[]), Press::Make);
            }
            if avatar.state == AvatarState::Completed && !avatar.is_main {
                view = view.button(facts.label("button-make-main", &[]), Press::Main);
            }
            view = view.button(facts.label("button-retrain", &[]), Press::Retrain);
        }
    }
    view.row([
        (facts.label("button-rename", &[]), Press::Rename),
        (facts.label("button-delete", &[]), Press::AskDelete),
    ])
}

/// A line for each number that isn't zero.
fn counted(numbers: Numbers, facts: &Facts<'_>) -> Vec<String> {
    let all = [
        ("avatar-trainings", "trainings", i64::from(numbers.trainings)),
        ("avatar-pictures", "pictures", i64::from(numbers.generations)),
        ("avatar-spent", "credits", numbers.spent.as_i64()),
    ];
    let said = all.into_iter().filter(|(.., number)| 0 < *number);
    said.map(|(key, hole, number)| facts.say(key, &[(hole, number.into())])).collect()
}

fn key(state: AvatarState) -> &'static str {
    match state {
        AvatarState::Draft => "draft",
        AvatarState::PhotosUploading => "photos",
        AvatarState::Ready => "ready",
        AvatarState::Training => "training",
        AvatarState::Completed => "completed",
        AvatarState::Failed => "failed",
        AvatarState::Cancelled => "cancelled",
    }
}
