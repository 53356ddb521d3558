//! Trouble that was ordered, and a server that dies.

use super::{Came, World, edit, photo};
use http::Request;
use sandbox::comfyui::Stage;
use sandbox::comfyui::faults::{Fault, Trouble};
use serde_json::{Value, json};

async fn with(trouble: Trouble) -> World {
    let world = World::new().await;
    world.upload("a.png", &photo(40, 40), &[]).await;
    world.server().fault(Fault::once(trouble));
    world
}

fn hair(seed: u64) -> Value {
    edit(&["a.png"], "hair", seed)
}

/// Runs one prompt to its end.
async fn ended(world: &World, seed: u64) -> Value {
    let id = world.submit(&hair(seed)).await;
    world.pass(5_000).await;
    world.history(&id).await
}

#[tokio::test]
async fn a_socket_can_fall_silent_and_the_history_knows() {
    let world = with(Trouble::SilentSocket).await;
    let mut ears = world.listen().await;
    assert_eq!(ended(&world, 1).await["status"]["status_str"], "success");
    assert_eq!(ears.kinds().await, ["status 1"]);
    ended(&world, 2).await;
    assert!(ears.kinds().await.contains(&"execution_success".to_owned()));
}

#[tokio::test]
async fn a_socket_can_break_while_the_work_goes_on() {
    let world = with(Trouble::DroppedSocket).await;
    let mut ears = world.listen().await;
    let id = world.submit(&hair(1)).await;
    ears.kinds().await;
    world.pass(1_000).await;
    assert!(ears.heard().await.is_none(), "without a word");
    world.pass(4_000).await;
    assert_eq!(world.history(&id).await["status"]["status_str"], "success");
}

#[tokio::test]
async fn a_server_that_dies_forgets_all_but_its_files() {
    let world = with(Trouble::Restart).await;
    let mut ears = world.listen().await;
    let id = world.submit(&hair(1)).await;
    let waiting = world.submit(&hair(2)).await;
    world.pass(1_500).await;
    assert!(ears.heard().await.is_none());
    assert_eq!(world.get("/queue").await.status, 502);
    world.pass(5_000).await;
    let queue = world.get("/queue").await.json();
    assert_eq!(queue, json!({ "queue_running": [], "queue_pending": [] }));
    for id in [&id, &waiting] {
        assert_eq!(world.history(id).await, Value::Null);
    }
    assert_eq!(world.server().uploads(), ["a.png"]);
    assert!(world.server().prompts().iter().all(|it| it.state == Stage::Gone));
    let told = world.tell("/prompt", &json!({ "prompt": hair(1) })).await.json();
    assert_eq!(told["number"], 0);
}

#[tokio::test]
async fn a_server_stays_away_until_it_is_started() {
    let world = World::new().await;
    world.server().stop();
    world.pass(1_000_000).await;
    assert_eq!(world.get("/system_stats").await.status, 502);
    world.server().start();
    assert_eq!(world.get("/system_stats").await.status, 200);
}

#[tokio::test]
async fn memory_can_be_short_once() {
    let world = with(Trouble::OutOfMemory).await;
    let past = ended(&world, 1).await;
    let error = &past["status"]["messages"][2];
    assert_eq!(
        (&error[0], &error[1]["exception_type"]),
        (&json!("execution_error"), &json!("torch.OutOfMemoryError"))
    );
    assert_eq!(error[1]["node_type"], "KSampler");
    assert_eq!(world.tell("/free", &json!({ "free_memory": true })).await.status, 200);
    assert_eq!(ended(&world, 1).await["status"]["status_str"], "success");
}

#[tokio::test]
async fn an_error_tells_more_than_a_user_may_read() {
    let world = with(Trouble::NodeError).await;
    let error = ended(&world, 1).await["status"]["messages"][2][1].clone();
    assert!(error["traceback"].to_string().contains("/opt/comfyui/"));
    assert!(error["exception_message"].as_str().is_some_and(|it| it.ends_with('\n')));
    assert_eq!(error["current_inputs"]["seed"], json!([1]));
}

#[tokio::test]
async fn what_hangs_ends_by_an_interrupt_or_goes_on_when_forgiven() {
    let world = with(Trouble::Hang).await;
    let id = world.submit(&hair(1)).await;
    world.pass(3_600_000).await;
    assert_eq!(world.get("/queue").await.json()["queue_running"][0][1], json!(id));
    world.post("/interrupt", "").await;
    world.pass(0).await;
    assert_eq!(world.history(&id).await["status"]["messages"][2][0], "execution_interrupted");
    world.server().fault(Fault::once(Trouble::Hang));
    let id = world.submit(&hair(2)).await;
    world.pass(3_600_000).await;
    assert_eq!(world.history(&id).await, Value::Null);
    world.server().forgive();
    world.pass(5_000).await;
    assert_eq!(world.history(&id).await["status"]["status_str"], "success");
}

#[tokio::test]
async fn what_is_stuck_ends_by_a_restart_alone() {
    let world = with(Trouble::Stuck).await;
    let id = world.submit(&hair(1)).await;
    let next = world.submit(&hair(2)).await;
    world.post("/interrupt", "").await;
    world.pass(3_600_000).await;
    let queue = world.get("/queue").await.json();
    assert_eq!(queue["queue_running"][0][1], json!(id));
    assert_eq!(queue["queue_pending"][0][1], json!(next));
    world.server().restart(0);
    let id = world.submit(&hair(3)).await;
    world.pass(5_000).await;
    assert_eq!(world.history(&id).await["status"]["status_str"], "success");
}

#[tokio::test]
async fn it_can_be_slow_or_its_history_late() {
    let world = with(Trouble::Slow).await;
    let id = world.submit(&hair(1)).await;
    world.pass(63_000).await;
    assert_eq!(world.history(&id).await, Value::Null);
    world.pass(2_000).await;
    assert!(world.history(&id).await.is_object());
    world.server().fault(Fault { seconds: Some(9), ..Fault::once(Trouble::LateHistory) });
    let mut ears = world.listen().await;
    let id = world.submit(&hair(2)).await;
    world.pass(5_000).await;
    assert_eq!(ears.kinds().await.last().map(String::as_str), Some("execution_success"));
    assert_eq!(world.history(&id).await, Value::Null);
    world.pass(9_000).await;
    assert!(world.history(&id).await.is_object());
}

#[tokio::test]
async fn a_success_can_be_empty_and_a_result_gone() {
    let world = with(Trouble::NoOutputs).await;
    let past = ended(&world, 1).await;
    assert_eq!((&past["status"]["status_str"], &past["outputs"]), (&json!("success"), &json!({})));
    world.server().fault(Fault::once(Trouble::ResultGone));
    let name = world.server().outputs().remove(0);
    let path = format!("/view?filename={name}");
    assert_eq!((world.get(&path).await.status, world.get(&path).await.status), (404, 200));
}

#[tokio::test]
async fn a_call_can_be_refused_and_a_prompt_taken_without_an_answer() {
    let world = with(Trouble::Refused).await;
    assert_eq!(world.get("/queue").await.status, 502);
    world.server().fault(Fault::once(Trouble::AcceptedButLost));
    let asked = json!({ "prompt": hair(1) });
    assert_eq!(world.tell("/prompt", &asked).await.status, 502);
    assert_eq!(world.server().prompts().len(), 1);
    assert_eq!(world.tell("/prompt", &asked).await.status, 200);
    assert_eq!(world.server().prompts().len(), 2);
}

async fn call(world: &World, method: &str, path: &str, body: &str) -> Came {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.to_owned().into());
    world.send(request.expect("a request")).await
}

#[tokio::test]
async fn the_page_shows_the_servers_and_orders_trouble() {
    let world = World::new().await;
    world.upload("a.png", &photo(40, 40), &[]).await;
    let path = "/sandbox/comfyui/box1/faults";
    let came = call(&world, "POST", path, r#"{"fault":"slow","seconds":3}"#).await;
    assert_eq!(came.json(), json!({ "faults": [{ "fault": "slow", "times": 1, "seconds": 3 }] }));
    assert_eq!(call(&world, "POST", path, r#"{"fault":"sleepy"}"#).await.status, 400);
    assert_eq!(call(&world, "DELETE", path, "").await.json(), json!({ "faults": [] }));
    world.submit(&hair(1)).await;
    let deed = "/sandbox/comfyui/box1/deed";
    assert_eq!(call(&world, "POST", deed, "deed=restart").await.status, 303);
    let told = call(&world, "GET", "/sandbox/comfyui/state", "").await.json();
    assert_eq!(
        (&told["servers"][0]["is_up"], &told["servers"][0]["gone"]),
        (&json!(false), &json!(1))
    );
    let page = call(&world, "GET", "/sandbox/comfyui", "").await;
    assert!(String::from_utf8_lossy(&page.bytes).contains("down, 0 running"));
    call(&world, "POST", deed, "deed=recover").await;
    assert!(world.server().is_up());
}
