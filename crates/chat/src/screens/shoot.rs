//! Several videos while they are made: how far each is, and what became of it.

use domain::{Credits, GenerationId, WorkState};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, GenerationFacts, Needs, Wish};
use crate::screen::{Next, Screen, View};
use crate::screens::home::Home;
use crate::screens::making::{Behind, Making};
use crate::screens::results::Results;
use crate::screens::video_plan::{clock, name_of};
use crate::text::Arg;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shoot {
    pub generations: Vec<GenerationId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    #[serde(rename = "O")]
    Open(GenerationId),
}

impl Screen for Shoot {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs { shot: self.generations.clone(), ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        if facts.shot.is_empty() {
            return View::new(facts.say("refusal-generation-gone", &[])).back(Press::Back, facts);
        }
        let mut lines = vec![title(facts)];
        for (number, order) in (1u32..).zip(&facts.shot) {
            lines.push(line(number, order, facts));
        }
        lines.push(settled(facts));
        let mut view = View::new(lines.join("\n"));
        for (number, order) in (1u32..).zip(&facts.shot) {
            let key = match order.state {
                WorkState::Pending | WorkState::Processing => "button-shoot-watch",
                WorkState::Succeeded => "button-shoot-open",
                WorkState::Failed | WorkState::Canceled => "button-shoot-why",
            };
            let name = who(order, facts);
            let args = [("number", number.into()), ("name", name.as_str().into())];
            view = view.button(facts.label(key, &args), Press::Open(order.id.clone()));
        }
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(Press::Back) => Next::go(Home),
            Event::Press(Press::Open(id)) => {
                let order = facts.shot.iter().find(|it| it.id == id);
                match order.map(|it| it.state) {
                    Some(WorkState::Succeeded) => {
                        Next::go(Results::Show { generation: id, behind: Behind::list(self) })
                    }
                    Some(_) => {
                        Next::go(Making::Watch { generation: id, behind: Behind::list(self) })
                    }
                    None => Next::go(self).notice(facts.say("notice-old-button", &[])),
                }
            }
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                let is_open = facts.shot.iter().any(|it| it.state.is_open());
                let key = if is_open { "notice-video-runs" } else { "notice-use-buttons" };
                Next::go(self).notice(facts.say(key, &[]))
            }
        }
    }
}

/// How many are made; at the end how many of them worked out.
fn title(facts: &Facts<'_>) -> String {
    let count = ("count", (facts.shot.len() as i64).into());
    if facts.shot.iter().any(|it| it.state.is_open()) {
        return facts.say("shoot", &[count]);
    }
    let made = facts.shot.iter().filter(|it| 0 < it.made).count();
    facts.say("shoot-done", &[count, ("made", (made as i64).into())])
}

/// Who speaks in it.
fn who(order: &GenerationFacts, facts: &Facts<'_>) -> String {
    match &order.wish {
        Wish::Video(draft) => name_of(&draft.face, facts),
        Wish::Picture(_) | Wish::Edit(_) | Wish::Character(_) | Wish::Speech(_) => String::new(),
    }
}

/// How far it is, in a few words.
fn line(number: u32, order: &GenerationFacts, facts: &Facts<'_>) -> String {
    let state = match (order.state, order.stage, order.percent, order.queue_place) {
        (WorkState::Succeeded, ..) if 0 < order.made => facts.say("shoot-ready", &[]),
        (WorkState::Succeeded | WorkState::Failed, ..) => facts.say("shoot-failed", &[]),
        (WorkState::Canceled, ..) => facts.say("shoot-canceled", &[]),
        _ if order.uncertain => facts.say("shoot-uncertain", &[]),
        (_, _, Some(percent), _) => facts.say("shoot-percent", &[("percent", percent.into())]),
        (_, _, None, Some(place)) => facts.say("shoot-queue", &[("place", (place + 1).into())]),
        (_, Some(stage), None, None) => facts.say(&format!("shoot-stage-{}", stage.as_str()), &[]),
        (_, None, None, None) => facts.say("shoot-pending", &[]),
    };
    let (name, length) = (who(order, facts), clock(order.millis.unwrap_or_default()));
    let args = [
        ("number", number.into()),
        ("name", name.as_str().into()),
        ("length", length.as_str().into()),
        ("state", Arg::Said(state)),
    ];
    facts.say("shoot-line", &args)
}

/// What is set aside while some are made; at the end what was charged and what came back.
fn settled(facts: &Facts<'_>) -> String {
    let sum = |of: fn(&GenerationFacts) -> Credits| {
        facts.shot.iter().map(|it| of(it).as_i64()).sum::<i64>()
    };
    if facts.shot.iter().any(|it| it.state.is_open()) {
        let open = facts.shot.iter().filter(|it| it.state.is_open());
        let held: i64 = open.map(|it| it.price.as_i64()).sum();
        let write = facts.say("edit-write", &[]);
        return format!("{write}\n{}", facts.say("run-held", &[("credits", held.into())]));
    }
    let charged = facts.say("shoot-charged", &[("credits", sum(|it| it.charged).into())]);
    match sum(|it| it.returned) {
        0 => charged,
        returned => {
            format!("{charged}\n{}", facts.say("shoot-returned", &[("credits", returned.into())]))
        }
    }
}
