//! Drills about what others say to us: twice, too late, or that it is too much.

use std::path::Path;

use serde_json::{Value, json};

use super::line::Line;
use super::person::{PRICE, Person};
use super::stage::Stage;
use super::{Halt, Promises, until};

/// How often they call for one thing.
const CALLS: u32 = 10;
/// Credits of the pack that is bought, and its price as the button says it.
const PACK: i64 = 100;

pub async fn double_webhook(promises: &mut Promises, folder: &Path) -> Result<(), Halt> {
    println!("fal and YooKassa call {CALLS} times for one thing each");
    // Its own ComfyUI isn't there, so that fal is asked.
    let stage = Stage::alone(folder, &[("COMFYUI_URL", "http://127.0.0.1:9")]).await?;
    let mut anna = Person::join(&stage, "Anna").await?;
    let duplicate = json!({ "fault": "duplicate", "count": CALLS });
    stage.trouble("fal", &duplicate).await?;
    stage.trouble("yookassa", &duplicate).await?;
    anna.order().await?;
    anna.receive(1).await?;

    anna.write("/menu").await?;
    anna.press("Top up").await?;
    anna.press(&format!("{PACK} · ")).await?;
    anna.press("Card · ").await?;
    anna.link("Pay ").await?;
    let desk = format!("{}/sandbox/yookassa", stage.world);
    let state = stage.web.get(&desk).await?;
    let payment = state["payments"][0]["id"].as_str().unwrap_or_default().to_owned();
    let paid = json!({ "payment_id": payment, "card": "5555555555554444" });
    stage.web.post(&format!("{desk}/pay"), &paid).await?;
    until("the credits were added", async || Ok((0 < anna.told("Added: ").await?).then_some(())))
        .await?;
    for part in ["fal", "yookassa"] {
        stage.until_struck(part).await?;
        until(&format!("{part} has called each time"), async || {
            let calls = stage.web.get(&format!("{}/sandbox/{part}/calls", stage.world)).await?;
            Ok((calls["waiting"] == 0).then_some(()))
        })
        .await?;
    }
    stage.until_quiet().await?;
    let credits = anna.credits().await?;
    let added = credits + PRICE - anna.had;
    promises.see(added == PACK, format!("{PACK} credits were bought and {added} added"));
    // What was bought is not what was spent.
    anna.had += PACK;
    promises.see_orders(&stage, &[&anna], 1).await
}

pub async fn late_callback(promises: &mut Promises, folder: &Path) -> Result<(), Halt> {
    println!(
        "the line breaks before fal says that it took an edit; it calls after the credits went back"
    );
    let mut stage = Stage::open(folder, &[]).await?;
    let line = Line::lay(&stage.world).await?;
    stage.set("ATELIER__PROVIDERS__FAL__QUEUE_URL", &line.address);
    let _studio = stage.serve().await?;
    let anna = Person::join(&stage, "Anna").await?;
    let faults = format!("{}/sandbox/fal/faults", stage.world);
    stage.trouble("fal", &json!({ "fault": "accepted_but_lost" })).await?;
    stage.trouble("fal", &json!({ "fault": "late", "seconds": 45 })).await?;
    anna.order().await?;
    until("fal has taken it", async || {
        let left = stage.web.get(&faults).await?;
        Ok((!left.to_string().contains("accepted_but_lost")).then_some(()))
    })
    .await?;
    line.cut();
    line.mend();
    until("the credits go back", async || Ok((0 < anna.told("Returned: ").await?).then_some(())))
        .await?;
    let credits = anna.credits().await?;
    promises.see(credits == anna.had, format!("nobody knew of it, and {PRICE} credits went back"));
    let came = anna.receive(1).await;
    promises.see(came.is_ok(), "the late result was delivered");
    stage.until_quiet().await?;
    let (credits, pictures) = (anna.credits().await?, anna.pictures().await?);
    promises.see(credits == anna.had, format!("it was free ({} charged)", anna.had - credits));
    promises.see(pictures == 1, format!("it was delivered once ({pictures})"));
    promises.see_books(&stage).await?;
    Ok(())
}

pub async fn flood_wait(promises: &mut Promises, folder: &Path) -> Result<(), Halt> {
    println!("Telegram refuses Anna's chat with 429 and retry_after, eight times");
    let mut stage = Stage::open(folder, &[]).await?;
    stage.set("COMFYUI_URL", &stage.comfyui("box1"));
    let _studio = stage.serve().await?;
    stage.until_ready("box1").await?;
    let anna = Person::join(&stage, "Anna").await?;
    let boris = Person::join(&stage, "Boris").await?;
    anna.order().await?;
    stage.until_at_work("box1").await?;
    let flood = |method: &str| -> Value {
        json!({ "method": method, "fault": "flood", "retry_after": 3, "times": 8, "chat": anna.id })
    };
    stage.trouble("", &flood("*")).await?;
    boris.order().await?;
    boris.receive(1).await?;
    let left = stage.web.get(&format!("{}/sandbox/faults", stage.world)).await?;
    let is_waiting = anna.pictures().await? == 0 && left[0]["times"].as_u64().is_some();
    promises.see(is_waiting, "another chat was served while Anna's had to wait");
    promises.see_orders(&stage, &[&anna, &boris], 1).await?;
    let left = stage.web.get(&format!("{}/sandbox/faults", stage.world)).await?;
    promises.see(left == json!([]), "it was asked again until it was taken");
    Ok(())
}
