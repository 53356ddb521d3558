//! Drills about GPUs: their workers die, and their ComfyUI hangs, restarts or falls silent.

use std::path::Path;

use serde_json::json;
use store::workers::{self, WorkerState};
use store::{attention, jobs};

use super::person::Person;
use super::stage::{Remote, Stage};
use super::{Halt, Promises, until};
use crate::makers::GPU_LANE;

/// A run takes so many seconds longer, so that there is a middle of it.
const LONGER: u32 = 6;

/// Killed with -9 at its run, another takes it; killed again, the same one finds what it had begun.
pub async fn kill(promises: &mut Promises, folder: &Path) -> Result<(), Halt> {
    println!("a GPU worker process is killed with -9 at its run");
    let stage = Stage::open(folder, &[]).await?;
    let _studio = stage.serve().await?;
    let (one, two) = (stage.token("one").await?, stage.token("two").await?);
    let worker = |name, token| Remote { name, token, server: &stage.studio, restart: None };
    let first = stage.remote(&worker("one", &one)).await?;
    stage.until_ready("one").await?;
    let anna = Person::join(&stage, "Anna").await?;
    slow(&stage, "one").await?;
    anna.order().await?;
    stage.until_at_work("one").await?;
    let ticket = stage.ticket("one").await?;
    first.kill().await?;
    let second = stage.remote(&worker("two", &two)).await?;
    stage.until_ready("two").await?;
    anna.receive(1).await?;
    let is_refused = stage.refuses(&one, &ticket).await?;
    promises.see(is_refused, "what the killed one would bring late is refused");

    let boris = Person::join(&stage, "Boris").await?;
    slow(&stage, "two").await?;
    boris.order().await?;
    stage.until_at_work("two").await?;
    second.kill().await?;
    let _third = stage.remote(&worker("two", &two)).await?;
    promises.see_orders(&stage, &[&anna, &boris], 1).await?;
    let (one, two) = (stage.runs("one").await?, stage.runs("two").await?);
    promises.see(
        one <= 1,
        format!("the killed one's ComfyUI ran its prompt {one} times, once at most"),
    );
    promises.see(
        two == 2,
        format!("the other's ran {two} prompts for two orders: one of them was found again"),
    );
    Ok(())
}

/// One that can be started anew is, and one that can't is kept from work.
pub async fn hang(promises: &mut Promises, folder: &Path) -> Result<(), Halt> {
    println!("a ComfyUI makes no progress and doesn't answer when it is asked for a small picture");
    let mut stage = Stage::open(folder, &[]).await?;
    // Owners are told, so there is one who has a chat.
    let mut olga = Person::new(&stage, "Olga").await?;
    stage.set("ADMIN_IDS", &olga.id.to_string());
    let _studio = stage.serve().await?;
    olga.agree().await?;
    let (one, two) = (stage.token("one").await?, stage.token("two").await?);
    let mark = folder.join("restarted");
    let restart = Some(format!("touch '{}'", mark.display()));
    let server = stage.studio.as_str();
    let worker = Remote { name: "one", token: &one, server, restart };
    let first = stage.remote(&worker).await?;
    stage.until_ready("one").await?;

    let anna = Person::join(&stage, "Anna").await?;
    get_stuck(&stage, "one", &anna).await?;
    // The operator's command is what wakes it: here it leaves a mark, and we are its hands.
    until("the command that starts ComfyUI anew was run", async || Ok(mark.exists().then_some(())))
        .await?;
    promises.see(true, "the command that starts it anew was run");
    stage.do_to("one", "recover").await?;
    promises.see_orders(&stage, &[&anna], 1).await?;
    first.end().await?;

    println!("  then another one hangs that has no such command");
    let worker = Remote { name: "two", token: &two, server, restart: None };
    let _second = stage.remote(&worker).await?;
    stage.until_ready("two").await?;
    let boris = Person::join(&stage, "Boris").await?;
    get_stuck(&stage, "two", &boris).await?;
    let worker = Remote { name: "one", token: &one, server, restart: None };
    let _third = stage.remote(&worker).await?;
    promises.see_orders(&stage, &[&boris], 1).await?;
    until("the worker is kept from work", async || {
        let all = stage.ask(|tx| Ok(workers::list(tx)?)).await?;
        let mut two = all.iter().filter(|it| it.name == "two");
        Ok(two.any(|it| it.state == WorkerState::Quarantined).then_some(()))
    })
    .await?;
    let open = stage.ask(|tx| Ok(attention::open(tx, 50)?)).await?;
    let is_listed = open.iter().any(|it| it.kind == "gpu-quarantined" && it.subject == "two");
    promises
        .see(is_listed, "the one that can't be woken is kept from work, and a person must look");
    let told = until("the owner is told", async || {
        let messages = olga.told("two").await?;
        Ok((0 < messages).then_some(messages))
    })
    .await?;
    promises.see(told == 1, format!("its owner was told once ({told})"));
    Ok(())
}

/// Has somebody order what then hangs for good, and the ComfyUI die when it is asked for a small
/// picture: that it doesn't answer could be waited for as well, for a minute.
async fn get_stuck(stage: &Stage, comfyui: &str, person: &Person) -> Result<(), Halt> {
    stage.trouble(&format!("comfyui/{comfyui}"), &json!({ "fault": "stuck" })).await?;
    person.order().await?;
    stage.until_at_work(comfyui).await?;
    until("ComfyUI is asked for a small picture", async || {
        let prompts = stage.prompts(comfyui).await?;
        let is_test = |it: &(String, String)| it.0.contains("self-test") && it.1 == "pending";
        Ok(prompts.iter().any(is_test).then_some(()))
    })
    .await?;
    stage.do_to(comfyui, "stop").await
}

pub async fn lose_websocket(promises: &mut Promises, folder: &Path) -> Result<(), Halt> {
    println!("ComfyUI's websocket says nothing in one run, and breaks in another");
    let mut stage = Stage::open(folder, &[]).await?;
    stage.set("COMFYUI_URL", &stage.comfyui("box1"));
    let _studio = stage.serve().await?;
    stage.until_ready("box1").await?;
    let anna = Person::join(&stage, "Anna").await?;
    for (number, fault) in (1..).zip(["silent_socket", "dropped_socket"]) {
        stage.trouble("comfyui/box1", &json!({ "fault": fault })).await?;
        anna.order().await?;
        anna.receive(number).await?;
        stage.until_struck("comfyui/box1").await?;
    }
    promises.see_orders(&stage, &[&anna], 2).await?;
    let runs = stage.runs("box1").await?;
    promises.see(runs == 2, format!("ComfyUI ran {runs} prompts for two orders"));
    Ok(())
}

pub async fn restart_comfyui(promises: &mut Promises, folder: &Path) -> Result<(), Halt> {
    println!("ComfyUI dies with three orders queued, and is back after five seconds");
    let mut stage = Stage::open(folder, &[]).await?;
    stage.set("COMFYUI_URL", &stage.comfyui("box1"));
    let _studio = stage.serve().await?;
    stage.until_ready("box1").await?;
    let mut people = Vec::new();
    for name in ["Anna", "Boris", "Clara"] {
        people.push(Person::join(&stage, name).await?);
    }
    slow(&stage, "box1").await?;
    for person in &people {
        person.order().await?;
    }
    until("three edits are queued", async || {
        let counts = stage.ask(|tx| Ok(jobs::counts(tx)?)).await?;
        let edits = counts.iter().filter(|it| it.lane == GPU_LANE).map(|it| it.count).sum::<u32>();
        Ok((edits == 3).then_some(()))
    })
    .await?;
    stage.until_at_work("box1").await?;
    stage.do_to("box1", "restart").await?;
    until("a prompt is lost with it", async || {
        let prompts = stage.prompts("box1").await?;
        Ok(prompts.iter().any(|(_, it)| it == "gone").then_some(()))
    })
    .await?;
    promises.see_orders(&stage, &people.iter().collect::<Vec<_>>(), 1).await?;
    let runs = stage.runs("box1").await?;
    promises.see(runs == 3, format!("ComfyUI finished {runs} prompts for three orders"));
    Ok(())
}

pub(super) async fn slow(stage: &Stage, comfyui: &str) -> Result<(), Halt> {
    let slow = json!({ "fault": "slow", "seconds": LONGER });
    stage.trouble(&format!("comfyui/{comfyui}"), &slow).await
}
