//! `atelier drill`, as an operator runs it: drills that need nothing installed, and what is said of
//! them. The rest is for a person, or for a night.

use std::process::Command;

/// Runs a drill; whether it held, and what it said.
fn drill(name: &str) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atelier"));
    let folder = tempfile::tempdir().unwrap();
    let output = command.args(["drill", name]).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), said + &String::from_utf8_lossy(&output.stderr))
}

#[track_caller]
fn holds(name: &str, last: &str) {
    let (code, said) = drill(name);
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("broken"), "{said}");
    assert!(said.trim_end().ends_with(last), "{said}");
}

#[test]
fn f54_a_run_whose_websocket_is_lost_is_found() {
    holds("lose-websocket", "held: ComfyUI ran 2 prompts for two orders");
}

#[test]
fn f58_three_orders_outlive_their_comfyui() {
    holds("restart-comfyui", "held: ComfyUI finished 3 prompts for three orders");
}

#[test]
fn f55_a_killed_worker_is_replaced_and_its_result_refused() {
    holds("kill-worker", "two orders: one of them was found again");
}

#[test]
fn every_drill_has_its_paragraph() {
    let help = Command::new(env!("CARGO_BIN_EXE_atelier")).args(["drill", "--help"]).output();
    let help = String::from_utf8(help.unwrap().stdout).unwrap();
    let manual = include_str!("../../../../docs/DRILLS.md");
    let names = help.lines().filter_map(|it| it.trim().strip_prefix("- ")?.split(':').next());
    let names: Vec<_> = names.filter(|it| *it != "all").collect();
    let paragraphs = manual.lines().filter_map(|it| it.strip_prefix("## "));
    let mut paragraphs: Vec<_> = paragraphs.collect();
    paragraphs.sort_unstable();
    assert_eq!(names, paragraphs);
}
