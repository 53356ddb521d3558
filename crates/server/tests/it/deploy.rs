//! The files of `deploy/`: that they can be read, that they start what the program knows, and that
//! it gets the time to end. And what `--lane` takes.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use server::commands::worker::{GpuLane, Lane, lane};

fn folder(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(below)
}

fn files(below: &str, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder(below)).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&format!("{below}/{}", name(&path)), end)),
            false if name(&path).ends_with(end) => found.push(path),
            false => {}
        }
    }
    found.sort();
    assert!(!found.is_empty(), "nothing in {below}");
    found
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// That the program takes such a line.
#[track_caller]
fn is_taken(words: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_atelier")).args(words).arg("--help").output();
    let output = output.unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A YAML file as JSON; none where Python or its reader of YAML is missing.
fn yaml(path: &Path) -> Option<Value> {
    let reader = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
    let has = Command::new("python3").args(["-c", "import yaml"]).output();
    if !has.is_ok_and(|it| it.status.success()) {
        println!("no Python with a reader of YAML is installed: these files are not read");
        return None;
    }
    let read = Command::new("python3").args(["-c", reader]).arg(path).output().unwrap();
    let says = String::from_utf8_lossy(&read.stderr).into_owned();
    assert!(read.status.success(), "{}: {says}", path.display());
    Some(serde_json::from_slice(&read.stdout).unwrap())
}

#[test]
fn every_compose_file_starts_what_there_is_and_names_what_it_needs() {
    for path in files("compose", ".yaml") {
        let text = std::fs::read_to_string(&path).unwrap();
        let example = std::fs::read_to_string(path.with_file_name(".env.example")).unwrap();
        for wanted in text.split("${").skip(1) {
            let wanted: String =
                wanted.chars().take_while(|it| it.is_ascii_alphanumeric() || *it == '_').collect();
            let is_named = example.lines().any(|it| it.starts_with(&format!("{wanted}=")));
            assert!(is_named, "{}: {wanted} is not in .env.example", path.display());
        }
        let Some(compose) = yaml(&path) else { return };
        let services = compose["services"].as_object().unwrap();
        let ours = services
            .values()
            .filter(|it| it["image"].as_str().is_some_and(|it| it.contains("ATELIER_IMAGE")));
        let mut count = 0;
        for service in ours {
            count += 1;
            let words: Vec<_> = service["command"].as_array().unwrap().iter().collect();
            let words: Vec<_> = words.iter().map(|it| it.as_str().unwrap()).collect();
            is_taken(&words);
            let grace = service["stop_grace_period"].as_str().unwrap().trim_end_matches('s');
            assert!(shutdown_seconds() < grace.parse().unwrap(), "{}", path.display());
        }
        assert!(0 < count, "{} starts nothing of ours", path.display());
    }
}

#[test]
fn every_unit_starts_what_there_is_and_waits_for_its_end() {
    let planted = tempfile::tempdir().unwrap();
    let mut planted_files = Vec::new();
    for path in files("systemd", ".service") {
        let text = std::fs::read_to_string(&path).unwrap();
        let line = |key: &str| {
            let found = text.lines().find_map(|it| it.strip_prefix(key));
            found.unwrap_or_else(|| panic!("{} has no {key}", path.display())).to_owned()
        };
        let instance = if name(&path).contains("gpu") { "home1" } else { "8080" };
        let start = line("ExecStart=").replace("%i", instance);
        let words: Vec<_> = start.split(' ').filter(|it| !it.starts_with('$')).collect();
        assert_eq!(words[0], "/usr/local/bin/atelier");
        is_taken(&words[1..]);
        let stop = line("TimeoutStopSec=");
        assert!(shutdown_seconds() < stop.trim_end_matches('s').parse().unwrap());
        // Else what runs for us is ended before we can hand back what it is for.
        assert_eq!(line("KillMode="), "mixed", "{}", path.display());
        let is_for_videos = words.contains(&"serve") || words.ends_with(&["worker"]);
        assert_eq!(may(&text, "setpriority"), is_for_videos, "{}", path.display());
        let here = planted.path().join(name(&path));
        std::fs::write(&here, text.replace("/usr/local/bin/atelier", "/bin/true")).unwrap();
        planted_files.push(here);
    }
    match Command::new("systemd-analyze").arg("verify").args(&planted_files).output() {
        Ok(verified) => {
            let says = String::from_utf8_lossy(&verified.stderr).into_owned();
            let ours = says.lines().filter(|it| it.contains("atelier")).collect::<Vec<_>>();
            assert!(ours.is_empty(), "{ours:#?}");
        }
        Err(_) => println!("no systemd is installed: the units are not verified by it"),
    }
}

/// Whether a unit leaves its process a call of the system that it has first taken away with others:
/// the last word about it counts.
fn may(unit: &str, call: &str) -> bool {
    let filters: Vec<_> =
        unit.lines().filter_map(|it| it.strip_prefix("SystemCallFilter=")).collect();
    let takes_away = filters.iter().position(|it| it.starts_with('~')).expect("it takes some away");
    filters[takes_away..].contains(&call)
}

/// What the program takes to end at most, unless it is set otherwise.
fn shutdown_seconds() -> u64 {
    let given = server::config::Given { folder: folder("systemd"), ..Default::default() };
    let config = server::config::Config::load(&given).unwrap();
    config.work.shutdown.as_i64().unsigned_abs() / 1000
}

#[test]
fn a_lane_is_a_name_and_a_number() {
    assert_eq!(lane("media=2"), Ok(Lane::Ordinary("media", 2)));
    assert_eq!(lane("tell=64"), Ok(Lane::Ordinary("tell", 64)));
    let gpu = GpuLane { name: "home1".to_owned(), count: 1 };
    assert_eq!(lane("gpu:home1=1"), Ok(Lane::Gpu(gpu)));
    for (text, says) in [
        ("media", "such as media=2"),
        ("media=", "a number from 1 to 64"),
        ("media=0", "a number from 1 to 64"),
        ("media=65", "a number from 1 to 64"),
        (
            "meddia=1",
            "the lanes calls, fast, media, money, montage, packing, pictures, tell, upkeep and gpu:NAME",
        ),
        ("gpu:home1=2", "one thing at a time"),
        ("gpu:=1", "small letters"),
        ("gpu:Home=1", "small letters"),
    ] {
        let said = lane(text).expect_err(text);
        assert!(said.contains(says), "{text}: {said}");
    }
}

#[test]
fn what_a_worker_can_not_do_is_refused_in_words() {
    let said = |words: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_atelier"));
        let output = command.current_dir(folder.path()).arg("worker").args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(said(&["--lane", "nothing=1"]).contains("there are the lanes calls, fast"));
    assert!(said(&["--lane", "gpu:home1=1"]).contains("where is its ComfyUI?"));
    let two = ["--lane", "gpu:home1=1", "--lane", "gpu:home2=1"];
    assert!(said(&two).contains("a process of its own"));
    assert!(said(&["--comfyui", "http://127.0.0.1:8188"]).contains("--lane gpu:NAME=1"));
    assert!(said(&["--server", "https://studio.example"]).contains("--token-file"));
}
