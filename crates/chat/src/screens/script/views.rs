//! What is shown while a script is written and spoken.

use domain::WorkState;
use domain::catalog::Quote;
use domain::picture::Product;
use domain::script::Speed;
use domain::video::VideoQuality;

use super::{Press, can_help, seconds_of};
use crate::facts::Facts;
use crate::news::{canceled, failed};
use crate::screen::View;
use crate::screens::making::{outcome, under_way};
use crate::screens::setup::{marked, priced};
use crate::screens::video_plan::{VideoPlan, voice_title};

pub fn write(plan: &VideoPlan, facts: &Facts<'_>) -> View<Press> {
    let limits = &facts.catalog.videos.limits;
    let seconds = facts.catalog.videos.millis_max(VideoQuality::Standard) / 1_000;
    let args = [("most", limits.script_chars_max.into()), ("seconds", seconds.into())];
    let mut lines = vec![facts.say("script", &args)];
    if !plan.script.is_empty() {
        lines.push(facts.say("script-now", &[("script", plan.script.as_str().into())]));
    }
    let mut view = View::new(lines.join("\n\n"));
    if !plan.script.is_empty() {
        view = view.button(facts.label("button-script-keep", &[]), Press::Continue);
    }
    match can_help(facts) {
        true => view.button(facts.label("button-script-help", &[]), Press::Help),
        false => view,
    }
}

pub fn help(is_asked: bool, words: Option<&str>, facts: &Facts<'_>) -> View<Press> {
    match (is_asked, words) {
        (true, _) => View::new(facts.say("script-thinking", &[])),
        (false, Some(words)) => View::new(facts.say("script-found", &[("script", words.into())]))
            .button(facts.label("button-script-use", &[]), Press::Use),
        (false, None) => View::new(facts.say("script-help", &[])),
    }
}

/// What is said, by whom and how fast, how long it will be about, and what it costs.
pub fn order(plan: &VideoPlan, quote: &Quote, facts: &Facts<'_>) -> View<Press> {
    let voice = plan.voice.as_deref().unwrap_or_default();
    let title = voice_title(voice, facts);
    let lines = [
        facts.say("script-order", &[("script", plan.script.as_str().into())]),
        String::new(),
        match facts.voice(voice) {
            Some(_) => facts.say("script-voice", &[("voice", title.as_str().into())]),
            None => facts.say("script-voice-gone", &[]),
        },
        facts.say("script-pace", &[("percent", plan.speed_percent.into())]),
        length(plan, facts),
    ];
    let speeds = facts.catalog.videos.speech.speeds.iter().map(|it| {
        let percent = it.percent();
        let key = match percent {
            100 => "button-script-speed-usual",
            _ => "button-script-speed",
        };
        let label = facts.label(key, &[("percent", percent.to_string().as_str().into())]);
        (marked(label, percent == plan.speed_percent, facts), Press::Speed(percent))
    });
    let view = View::new(lines.join("\n")).row(speeds).row([
        (facts.label("button-script-voice", &[]), Press::Voices),
        (facts.label("button-script-text", &[]), Press::Words),
    ]);
    let credits = quote.credits;
    let make = facts.label("button-script-speak", &[("credits", credits.into())]);
    priced(view, credits, (make, Press::Make(voice.to_owned(), credits)), Press::TopUp, facts)
}

/// How many characters there are and about how many seconds; and that it is more than a video may
/// last, before anything is paid.
fn length(plan: &VideoPlan, facts: &Facts<'_>) -> String {
    let seconds = seconds_of(&plan.script, Speed::new(plan.speed_percent), facts);
    let longest = facts.catalog.videos.millis_max(VideoQuality::Standard) / 1_000;
    let args = [
        ("count", (plan.script.chars().count() as i64).into()),
        ("most", facts.catalog.videos.limits.script_chars_max.into()),
        ("seconds", seconds.into()),
    ];
    let length = facts.say("script-length", &args);
    match longest < seconds {
        true => {
            format!("{length}\n{}", facts.say("script-too-long", &[("seconds", longest.into())]))
        }
        false => length,
    }
}

pub fn watch(is_asked: bool, facts: &Facts<'_>) -> View<Press> {
    let Some(order) = &facts.generation else {
        return View::new(facts.say("refusal-generation-gone", &[]));
    };
    let again = |text| View::new(text).button(facts.label("button-try-again", &[]), Press::Again);
    match order.state {
        WorkState::Pending | WorkState::Processing => {
            under_way(is_asked, order, (Press::AskCancel, Press::Cancel(order.id.clone())), facts)
        }
        WorkState::Succeeded if order.tiles.is_empty() => again(outcome(order, facts)),
        WorkState::Succeeded => View::new(outcome(order, facts))
            .button(facts.label("button-continue", &[]), Press::Continue),
        WorkState::Failed => again(failed(Product::Speech, order.fault, order.returned, facts)),
        WorkState::Canceled => again(canceled(Product::Speech, order.returned, facts)),
    }
}
