//! Inviting friends: the link, who came by it, and what it has brought.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, InviteFacts, Needs};
use crate::screen::{Next, Screen, View};
use crate::screens::balance::Balance;
use crate::text::{Arg, share};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
}

impl Screen for Invite {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs { invite: true, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let view = match &facts.invite {
            Some(invite) => shown(invite, facts),
            None => View::new(facts.say("refusal-product-paused", &[])),
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(Press::Back) => Next::go(Balance::default()),
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-use-buttons", &[]))
            }
        }
    }
}

fn shown(invite: &InviteFacts, facts: &Facts<'_>) -> View<Press> {
    let mut lines = vec![facts.say("invite", &[])];
    // What isn't given isn't promised.
    let rewards = [
        ("invite-reward-own", invite.reward_inviter),
        ("invite-reward-friend", invite.reward_invited),
    ];
    let given: Vec<_> = rewards.into_iter().filter(|(_, it)| !it.is_zero()).collect();
    if !given.is_empty() {
        lines.push(facts.say("invite-reward", &[]));
    }
    lines.extend(
        given.into_iter().map(|(key, credits)| facts.say(key, &[("credits", credits.into())])),
    );
    lines.push(String::new());
    lines.push(facts.say("invite-link", &[("link", invite.link.as_str().into())]));
    lines.push(String::new());
    lines.push(facts.say(
        "invite-numbers",
        &[
            ("joined", invite.joined.into()),
            ("paid", invite.paid.into()),
            ("earned", invite.earned.into()),
        ],
    ));
    let words = facts.label("invite-words", &[("credits", Arg::from(invite.reward_invited))]);
    View::new(lines.join("\n")).link(facts.label("button-share", &[]), share(&invite.link, &words))
}
