//! Place: the sum of all screens, with what they have gathered.

use domain::News;
use domain::command::{Clip, Picture};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::event::{Event, Sent};
use crate::facts::{Facts, Needs};
use crate::screen::{Does, Drawn, Means, Next, Screen};
use crate::screens::video_plan::VideoPlan;

/// What arrives in a chat, before it is known which screen it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    Text(String),
    Picture(Picture),
    Clip(Clip),
    Other(Sent),
    /// What a button carried: up to 64 bytes that may be old, foreign or forged.
    Press(String),
    News(News),
}

/// Telegram's limit of what a button carries.
pub const PRESS_BYTES_MAX: usize = 64;

macro_rules! screens {
    ($($(#[$doc:meta])* $name:ident $prefix:literal $path:path),* $(,)?) => {
        /// Where a chat is. Stored as JSON; what can't be read any more is [`Place::default`].
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "screen", content = "at")]
        pub enum Place {
            $($(#[$doc])* #[serde(rename = $prefix)] $name($path)),*
        }

        $(impl From<$path> for Place {
            fn from(screen: $path) -> Self {
                Self::$name(screen)
            }
        })*

        impl Place {
            pub const NAMES: &'static [&'static str] = &[$($prefix),*];

            /// The stable name of its screen.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $prefix),* }
            }

            pub fn needs(&self) -> Needs {
                match self { $(Self::$name(screen) => screen.needs()),* }
            }

            /// What the user sees here.
            pub fn view(&self, facts: &Facts<'_>) -> Drawn {
                match self { $(Self::$name(screen) => draw(screen, $prefix, facts)),* }
            }

            fn dispatch(self, incoming: Incoming, facts: &Facts<'_>) -> Next {
                match self { $(Self::$name(screen) => react(screen, $prefix, incoming, facts)),* }
            }
        }
    };
}

crate::screens::list!();

impl Default for Place {
    fn default() -> Self {
        Self::Home(crate::screens::home::Home)
    }
}

impl Place {
    /// Reads a stored place. One that no version of ours can read is the main menu.
    pub fn from_json(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a place is plain values, which JSON can hold")
    }

    /// The video that is being put together here.
    pub fn plan(&self) -> Option<&VideoPlan> {
        match self {
            Self::Video(at) => Some(at.plan()),
            Self::Makeover(at) => Some(at.plan()),
            Self::Voices(at) => Some(&at.plan),
            Self::Script(at) => Some(at.plan()),
            Self::Takes(at) => Some(&at.plan),
            Self::Film(at) => Some(at.plan()),
            _ => None,
        }
    }

    /// What an event leads to. Words that work everywhere are tried first.
    pub fn on(self, incoming: Incoming, facts: &Facts<'_>) -> Next {
        if !facts.person.consented
            && let Some(next) = crate::screens::consent::gate(&self, &incoming, facts)
        {
            return next;
        }
        match crate::route::find(&incoming, &self, facts) {
            Some(next) => next,
            None => self.dispatch(incoming, facts),
        }
    }
}

fn draw<S: Screen>(screen: &S, prefix: &str, facts: &Facts<'_>) -> Drawn {
    let view = screen.view(facts);
    let rows = view.rows.into_iter().map(|row| {
        row.into_iter()
            .map(|button| match button.means {
                Means::Press(press) => (button.label, Does::Press(encode(prefix, &press))),
                Means::Name(name) => (button.label, Does::Press(name.to_owned())),
                Means::Link(address) => (button.label, Does::Open(address)),
            })
            .collect()
    });
    Drawn { text: view.text, rows: rows.collect(), picture: view.picture }
}

/// A press as it travels: the screen's name and the press as JSON.
fn encode<P: Serialize>(prefix: &str, press: &P) -> String {
    let press = serde_json::to_string(press).expect("a press is plain values");
    let text = format!("{prefix}:{press}");
    assert!(text.len() <= PRESS_BYTES_MAX, "a press must fit Telegram's 64 bytes: {text}");
    text
}

fn decode<P: DeserializeOwned>(prefix: &str, text: &str) -> Option<P> {
    let press = text.strip_prefix(prefix)?.strip_prefix(':')?;
    serde_json::from_str(press).ok()
}

fn react<S: Screen>(screen: S, prefix: &str, incoming: Incoming, facts: &Facts<'_>) -> Next
where
    Place: From<S>,
{
    let event = match incoming {
        Incoming::Text(text) => Event::Text(text),
        Incoming::Picture(picture) => Event::Picture(picture),
        Incoming::Clip(clip) => Event::Clip(clip),
        Incoming::Other(sent) => Event::Other(sent),
        Incoming::News(news) => Event::News(news),
        Incoming::Press(text) => match decode(prefix, &text) {
            Some(press) => Event::Press(press),
            None => return Next::go(screen).notice(facts.say("notice-old-button", &[])),
        },
    };
    screen.on(event, facts)
}
