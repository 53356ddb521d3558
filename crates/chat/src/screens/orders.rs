//! Everything that was ordered, trainings aside: what it was, what became of it and what it cost.

use domain::picture::Product;
use domain::{GenerationId, WorkState};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, Needs, OrderLine, OrdersFacts, OrdersNeed};
use crate::screen::{Next, Screen, View};
use crate::screens::home::Home;
use crate::screens::making::{Behind, Making};
use crate::screens::results::Results;
use crate::text::Arg;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orders {
    /// The last order of each page before this one. Walked by these, a page stays where it is
    /// whatever is ordered meanwhile.
    #[serde(default)]
    pub walked: Vec<GenerationId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    Newer,
    /// The page behind this order.
    #[serde(rename = "B")]
    Older(GenerationId),
    #[serde(rename = "O")]
    Open(GenerationId),
}

impl Screen for Orders {
    type Press = Press;

    fn needs(&self) -> Needs {
        let need = OrdersNeed { before: self.walked.last().cloned() };
        Needs { orders: Some(need), ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let none = OrdersFacts::default();
        let page = facts.orders.as_ref().unwrap_or(&none);
        if page.lines.is_empty() && self.walked.is_empty() {
            return View::new(facts.say("orders-none", &[])).back(Press::Back, facts);
        }
        let mut text = vec![facts.say("orders", &[])];
        let mut numbers = Vec::new();
        for (number, line) in (1_u32..).zip(&page.lines) {
            let args = [
                ("number", number.into()),
                ("what", Arg::Said(what(line, facts))),
                ("on", line.on.as_str().into()),
            ];
            text.push(format!("{}\n{}", facts.say("orders-line", &args), became(line, facts)));
            numbers.push((number.to_string(), Press::Open(line.id.clone())));
        }
        let mut turns = Vec::new();
        if !self.walked.is_empty() {
            turns.push((facts.label("button-previous", &[]), Press::Newer));
        }
        if let Some(last) = page.lines.last().filter(|_| page.has_older) {
            turns.push((facts.label("button-next", &[]), Press::Older(last.id.clone())));
        }
        View::new(text.join("\n\n")).row(numbers).row(turns).back(Press::Back, facts)
    }

    fn on(mut self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(Press::Back) => Next::go(Home),
            Event::Press(Press::Newer) => {
                self.walked.pop();
                Next::go(self)
            }
            Event::Press(Press::Older(last)) => {
                // Tapped twice it is one page.
                let shown = facts.orders.as_ref().and_then(|it| it.lines.last());
                if shown.is_some_and(|it| it.id == last) {
                    self.walked.push(last);
                }
                Next::go(self)
            }
            Event::Press(Press::Open(generation)) => open(self, generation, facts),
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-use-buttons", &[]))
            }
        }
    }
}

fn open(at: Orders, generation: GenerationId, facts: &Facts<'_>) -> Next {
    let lines = facts.orders.as_ref().map(|it| it.lines.as_slice()).unwrap_or_default();
    match lines.iter().find(|it| it.id == generation).map(|it| it.state) {
        Some(WorkState::Succeeded) => {
            Next::go(Results::Show { generation, behind: Behind::list(at) })
        }
        // What failed says why, and can be tried again.
        Some(
            WorkState::Pending | WorkState::Processing | WorkState::Failed | WorkState::Canceled,
        ) => Next::go(Making::Watch { generation, behind: Behind::list(at) }),
        None => Next::go(at).notice(facts.say("notice-old-button", &[])),
    }
}

/// What was ordered, in a few words.
pub fn what(line: &OrderLine, facts: &Facts<'_>) -> String {
    let count = ("count", line.count.into());
    match line.product {
        Product::Picture => {
            let gone = || Arg::Said(facts.say("orders-avatar-gone", &[]));
            let name = if line.about.is_empty() { gone() } else { line.about.as_str().into() };
            facts.say("orders-picture", &[("name", name), count])
        }
        product => titled(product, &line.about, facts),
    }
}

/// The same without an avatar and a number; an edit is named by its preset.
pub fn titled(product: Product, preset: &str, facts: &Facts<'_>) -> String {
    match product {
        Product::Picture => facts.say("product-picture", &[]),
        Product::Edit => {
            let title = facts.preset_title(preset);
            facts.say("orders-edit", &[("name", title.as_str().into())])
        }
        Product::Character => facts.say("orders-character", &[]),
        Product::Speech => facts.say("orders-speech", &[]),
        Product::Video => facts.say("orders-video", &[]),
    }
}

/// What has become of it, by the ledger.
pub fn became(line: &OrderLine, facts: &Facts<'_>) -> String {
    let credits = |it: domain::Credits| ("credits", it.into());
    match (line.state, line.percent) {
        (WorkState::Pending | WorkState::Processing, Some(percent)) => {
            facts.say("orders-running", &[("percent", percent.into()), credits(line.price)])
        }
        (WorkState::Pending | WorkState::Processing, None) => {
            facts.say("orders-waiting", &[credits(line.price)])
        }
        (WorkState::Succeeded, _) if line.returned.is_zero() => {
            facts.say("orders-ready", &[credits(line.charged)])
        }
        (WorkState::Succeeded, _) => {
            let args = [credits(line.charged), ("returned", line.returned.into())];
            facts.say("orders-ready-partly", &args)
        }
        (WorkState::Failed, _) => facts.say("orders-failed", &[credits(line.returned)]),
        (WorkState::Canceled, _) => facts.say("orders-canceled", &[credits(line.returned)]),
    }
}
