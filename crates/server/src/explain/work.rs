//! Plans, trainings and gifts: what money and credits were for.

use domain::picture::Product;
use domain::video::{Face, Making};
use domain::{Credits, HoldId, UserId};
use store::generations::Generation;
use store::gifts::Gift;
use store::ledger::{self, HoldState};
use store::subscriptions::Subscription;
use store::trainings::Training;
use store::{Tx, artifacts, gpu_runs, provider_calls, reports, tells};

use super::{Story, of_order, sum, wallet_now};
use crate::explain::moment;
use crate::failure::Failure;

/// How many of the latest news of a customer are looked through.
const TELLS_MAX: u32 = 500;

pub fn plan(tx: &mut Tx, plan: &Subscription, story: &mut Story) -> Result<(), Failure> {
    begun(plan, story);
    for order in reports::of_plan(tx, &plan.id)? {
        of_order(tx, &order, story)?;
    }
    story.note(tx, plan.id.as_str())?;
    let until = plan.until.map_or_else(|| "not paid for".to_owned(), moment);
    let id = &plan.id;
    story.end(format!("{id} is {}, paid until: {until}", plan.state.as_str()));
    if let Some(at) = plan.next_at {
        story.end(format!("{id} is looked at next on {}", moment(at)));
    }
    if let Some(title) = &plan.saved_title {
        story.end(format!("charged to {title}"));
    }
    wallet_now(tx, &plan.bot, &plan.user, story)
}

/// The agreement, and its end if there is one.
pub fn begun(plan: &Subscription, story: &mut Story) {
    let Subscription { id, user, pack, money, period_days, .. } = plan;
    let credits = sum(plan.credits.as_i64(), plan.bonus.as_i64());
    let says = format!(
        "{id} {user} takes the plan {pack}: {credits} credits for {money} each {period_days} days, \
         by {}",
        plan.method.as_str()
    );
    story.add(plan.created_at, says);
    if let Some(at) = plan.ended_at {
        let why = plan.ended_why.as_deref().unwrap_or_default();
        story.add(at, format!("{id} ends: {why}"));
    }
}

pub fn generation(tx: &mut Tx, it: &Generation, story: &mut Story) -> Result<(), Failure> {
    let Generation { id, user, credits, hold, count, .. } = it;
    let what = match (&it.edit, &it.avatar, &it.style) {
        _ if matches!(it.product, Product::Character | Product::Speech | Product::Video) => {
            film(it)
        }
        (Some(edit), _, _) => format!(
            "an edit of {} by preset {} (version {})",
            spell(&edit.inputs),
            edit.preset,
            edit.version
        ),
        (None, Some(avatar), Some(style)) => {
            format!("{count} pictures with {avatar}, in the style {style}")
        }
        (None, Some(avatar), None) => format!("{count} pictures with {avatar}, in own words"),
        (None, None, _) => format!("{count} pictures"),
    };
    let says = format!("{id} {user} orders {what}: {credits} credits are held as {hold}");
    story.add(it.created_at, says);
    called(tx, provider_calls::Work::Generation(id), story)?;
    gpus(tx, id, story)?;
    if let (Some(at), Some(run)) = (it.started_at, &it.run_id) {
        story.add(at, format!("{} has begun it as {run}", it.provider));
    }
    if let Some(at) = it.ended_at {
        let says = format!(
            "{id} ends: {}, {} made, {} kept back by the safety check",
            it.state.as_str(),
            it.made,
            it.withheld
        );
        story.add(at, says);
    }
    if let Some(at) = it.late_at {
        story.add(at, format!("{id} comes late, and is delivered free"));
    }
    held(tx, hold, *credits, story)?;
    for artifact in artifacts::of_generation(tx, user, id)? {
        let sent = if artifact.file_id.is_some() { "sent" } else { "not sent" };
        let what = match artifact.product {
            Product::Picture | Product::Edit | Product::Character => "picture",
            Product::Speech => "recording",
            Product::Video => "video",
        };
        story.end(format!("{} is {what} {}, {sent}", artifact.id, artifact.number));
    }
    told(tx, user, id.as_str(), story)?;
    story.note(tx, id.as_str())
}

/// What belongs to talking videos, in words: what it is made of, and where it stands.
fn film(it: &Generation) -> String {
    let face = |face: &Face| match face {
        Face::Character(name) => format!("the character {name}"),
        Face::Input(input) => input.as_str().to_owned(),
    };
    let what = match &it.making {
        Some(Making::Character { face: of }) => format!("a change of {}", face(of)),
        Some(Making::Speech { voice, speed_percent }) => {
            format!("a text spoken by {voice} at {speed_percent} %")
        }
        Some(Making::Video { draft, millis }) => {
            let over = draft.background.as_ref().map(|it| format!(" over {it}"));
            format!(
                "a video of {} with {} ({millis} ms){}",
                face(&draft.face),
                draft.speech,
                over.unwrap_or_default()
            )
        }
        None => format!("a {} that was forgotten", it.product.as_str()),
    };
    let batch = it.batch.as_ref().map(|it| format!(", together with {it}")).unwrap_or_default();
    let stage = it.stage.filter(|_| it.state.is_open());
    let stage = stage.map(|it| format!(", now at {}", it.as_str())).unwrap_or_default();
    format!("{what}{batch}{stage}")
}

/// What providers were asked for it.
fn called(tx: &mut Tx, work: provider_calls::Work<'_>, story: &mut Story) -> Result<(), Failure> {
    for call in provider_calls::list_for_job(tx, work)? {
        let cost = match call.cost_micros {
            0 => String::new(),
            micros => format!(", billed {} millionths of a dollar", micros),
        };
        story.add(call.at, format!("{} {}: {}{cost}", call.provider, call.call, call.outcome));
    }
    Ok(())
}

/// What the operator's own GPUs did for it.
fn gpus(tx: &mut Tx, id: &domain::GenerationId, story: &mut Story) -> Result<(), Failure> {
    for run in gpu_runs::of_work(tx, id.as_str())? {
        story.add(run.created_at, format!("{} waits for a GPU, as {}", run.id, run.job));
        if let (Some(at), Some(worker)) = (run.started_at, &run.worker) {
            story.add(at, format!("{worker} has begun {}", run.id));
        }
        if let Some(at) = run.ended_at {
            let why = run.reason.map(|it| format!(": {it}")).unwrap_or_default();
            story.add(at, format!("{} ends: {}{why}", run.id, run.state.as_str()));
        }
    }
    Ok(())
}

/// What became of credits that were set aside.
fn held(tx: &mut Tx, hold: &HoldId, credits: Credits, story: &mut Story) -> Result<(), Failure> {
    let Some(it) = ledger::hold_state(tx, hold)? else {
        story.end(format!("{hold} does not exist"));
        return Ok(());
    };
    let says = match it.state {
        HoldState::Open => format!("{hold} is open, {credits} credits"),
        HoldState::Captured(taken) => format!("{hold} was captured, −{taken} credits"),
        HoldState::Released => format!("{hold} was released, all credits are back"),
    };
    match it.closed_at {
        Some(at) => story.add(at, says),
        None => story.end(says),
    }
    Ok(())
}

/// What the customer was told of it.
fn told(tx: &mut Tx, user: &UserId, about: &str, story: &mut Story) -> Result<(), Failure> {
    for tell in tells::of_user(tx, user, TELLS_MAX)? {
        if tell.about.as_deref() == Some(about) {
            story.add(tell.created_at, format!("the customer is told: {}", tell.state.as_str()));
        }
    }
    Ok(())
}

pub fn training(tx: &mut Tx, training: &Training, story: &mut Story) -> Result<(), Failure> {
    let Training { id, user, avatar, credits, hold, .. } = training;
    let says = format!(
        "{id} {user} has {avatar} trained, {} {}: {credits} credits are held as {hold}",
        training.kind.as_str(),
        training.quality.as_str()
    );
    story.add(training.created_at, says);
    called(tx, provider_calls::Work::Training(id), story)?;
    if let (Some(at), Some(run)) = (training.started_at, &training.run_id) {
        story.add(at, format!("{} has begun it as {run}", training.provider));
    }
    if let Some(at) = training.ended_at {
        story.add(at, format!("{id} ends: {}", training.state.as_str()));
    }
    held(tx, hold, *credits, story)?;
    told(tx, user, id.as_str(), story)?;
    story.note(tx, id.as_str())?;
    wallet_now(tx, &training.bot, user, story)
}

pub fn gift(tx: &mut Tx, gift: &Gift, story: &mut Story) -> Result<(), Failure> {
    let Gift { id, giver, credits, hold, .. } = gift;
    let says = format!("{id} {giver} sets {credits} credits aside as {hold} for a friend");
    story.add(gift.created_at, says);
    match (gift.ended_at, &gift.friend) {
        (Some(at), Some(friend)) => {
            story.add(at, format!("{friend} opens it, +{credits} credits (gift:{id})"));
        }
        (Some(at), None) => story.add(at, "the credits go back to the giver"),
        (None, _) => story.end(format!("open until {}", moment(gift.expires_at))),
    }
    story.note(tx, id.as_str())?;
    story.end(format!("{id} is {}", gift.state.as_str()));
    Ok(())
}

/// Ids, one after the other.
fn spell(ids: &[domain::InputId]) -> String {
    ids.iter().map(domain::InputId::as_str).collect::<Vec<_>>().join(" and ")
}
