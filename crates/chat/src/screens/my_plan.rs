//! The plan that somebody has: until when, what is charged next, and how to stop it.

use domain::{Command, News, SubscriptionId};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, Needs, PlanFacts, PlanState};
use crate::screen::{Next, Screen, View};
use crate::screens::balance::Balance;
use crate::screens::plans::Plans;
use crate::text::Arg;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MyPlan {
    Card,
    AskStop,
    AskUnlink,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    AskStop,
    AskUnlink,
    Back,
    Keep,
    Plans,
    /// These name the plan, so that an old question never stops another one.
    Stop(SubscriptionId),
    Unlink(SubscriptionId),
}

impl Screen for MyPlan {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs { plan: true, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let view = match (self, &facts.plan) {
            (_, None) => no_plan(facts),
            (Self::AskStop, Some(plan)) if stops(plan) => {
                View::new(facts.say("my-plan-ask-stop", &args(plan, facts)))
                    .button(facts.label("button-stop-plan", &[]), Press::Stop(plan.id.clone()))
            }
            (Self::AskUnlink, Some(plan)) if plan.card.is_some() => {
                View::new(facts.say("my-plan-ask-unlink", &args(plan, facts)))
                    .button(facts.label("button-unlink-card", &[]), Press::Unlink(plan.id.clone()))
            }
            (_, Some(plan)) => card(plan, facts),
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(press) => self.pressed(press, facts),
            Event::News(
                news @ (News::PlanStopped { .. } | News::PlanKept { .. } | News::CardUnlinked),
            ) => Next::tell(Self::Card, &news, facts),
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-use-buttons", &[]))
            }
        }
    }
}

impl MyPlan {
    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        let mine = facts.plan.as_ref().map(|it| &it.id);
        match (self, press) {
            (Self::Card, Press::Back) => Next::go(Balance::default()),
            (Self::AskStop | Self::AskUnlink, Press::Back) => Next::go(Self::Card),
            (_, Press::Plans) => Next::go(Plans::List { resume: None }),
            (_, Press::AskStop) => Next::go(Self::AskStop),
            (_, Press::AskUnlink) => Next::go(Self::AskUnlink),
            (Self::AskStop, Press::Stop(asked)) if mine == Some(&asked) => {
                Next::go(self).run(Command::StopPlan { subscription: asked })
            }
            (Self::AskUnlink, Press::Unlink(asked)) if mine == Some(&asked) => {
                Next::go(self).run(Command::UnlinkCard { subscription: asked })
            }
            (at, Press::Keep) => match mine {
                Some(mine) => Next::go(at).run(Command::KeepPlan { subscription: mine.clone() }),
                None => Next::go(Self::Card).notice(facts.say("refusal-no-plan", &[])),
            },
            (at, Press::Stop(_) | Press::Unlink(_)) => {
                Next::go(at).notice(facts.say("notice-old-button", &[]))
            }
        }
    }
}

fn no_plan(facts: &Facts<'_>) -> View<Press> {
    let view = View::new(facts.say("my-plan-none", &[]));
    if !facts.person.has_shop {
        return view;
    }
    view.button(facts.label("button-plans", &[]), Press::Plans)
}

/// Whether there is a renewal that can be called off.
fn stops(plan: &PlanFacts) -> bool {
    match plan.state {
        PlanState::Active | PlanState::Unpaid => true,
        PlanState::Stopping => false,
    }
}

/// What is paid with a card can go on only with one; what was a present is paid with nothing.
fn can_go_on(plan: &PlanFacts) -> bool {
    plan.state == PlanState::Stopping && plan.card.is_some()
}

fn args(plan: &PlanFacts, facts: &Facts<'_>) -> Vec<(&'static str, Arg)> {
    vec![
        ("plan", facts.plan_title(&plan.pack).as_str().into()),
        ("until", plan.until.as_str().into()),
        ("money", Arg::Said(facts.money(plan.money))),
        ("credits", Arg::Said(facts.pack_credits(plan.credits, plan.bonus))),
        ("card", plan.card.as_deref().unwrap_or_default().into()),
    ]
}

fn card(plan: &PlanFacts, facts: &Facts<'_>) -> View<Press> {
    let args = args(plan, facts);
    let key = match plan.state {
        PlanState::Active => "my-plan-active",
        PlanState::Stopping => "my-plan-stopping",
        PlanState::Unpaid => "my-plan-unpaid",
    };
    let mut lines = vec![facts.say("my-plan", &args)];
    // One that is a present, or ends, brings nothing more.
    if plan.state != PlanState::Stopping {
        lines.push(facts.say("my-plan-brings", &args));
    }
    lines.push(facts.say(key, &args));
    if plan.card.is_some() {
        lines.push(facts.say("my-plan-card", &args));
    }
    let mut view = View::new(lines.join("\n"));
    if stops(plan) {
        view = view.button(facts.label("button-ask-stop-plan", &[]), Press::AskStop);
    }
    if can_go_on(plan) {
        view = view.button(facts.label("button-keep-plan", &[]), Press::Keep);
    }
    if plan.card.is_some() {
        view = view.button(facts.label("button-ask-unlink", &[]), Press::AskUnlink);
    }
    view.button(facts.label("button-plans", &[]), Press::Plans)
}
