//! Golden chats: text files in which people talk to the whole platform.
//!
//! `>` is what somebody does, `~` what happens in the world, `$` a look behind the scenes, `#` a
//! remark; everything else is seen and written by the machine (`UPDATE=1`). `@boris >` is somebody
//! else, `@anna/second >` the same person with the other bot, `@boris/support >` in a group. `> send
//! video 12s 720x1280 30MB` says of a file what an app would. `CHAT=word` runs those whose name
//! has the word, `ON=Sqlite` runs them on one database only. Each runs on every database and must
//! look the same; at its end the chain from credits to news is whole and no job is left, unless it
//! says `$ jobs left`.

pub mod gpu;
mod lines;
pub mod support;
pub mod talk;
pub mod till;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::world::{Ground, World, alone};
use talk::Talk;

#[expect(clippy::disallowed_methods, reason = "a test has no settings but its environment")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/chats")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the chats are there");
    let mut found = Vec::new();
    for path in entries.map(|it| it.expect("a folder can be read").path()) {
        match path.extension().and_then(|it| it.to_str()) {
            None if path.is_dir() => found.extend(files(&path)),
            Some("chat") => found.push(path),
            _ => {}
        }
    }
    found.sort();
    found
}

#[test]
fn chats_go_as_written() {
    let wanted = environment("CHAT").unwrap_or_default();
    let mut files = files(&folder());
    files.retain(|it| it.to_string_lossy().contains(&wanted));
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let workers = std::thread::available_parallelism().map_or(2, |it| it.get());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let outcome = std::panic::catch_unwind(|| go(file));
                    let fault = match outcome {
                        Ok(Ok(())) => continue,
                        Ok(Err(fault)) => fault,
                        Err(panic) => said(&*panic),
                    };
                    let fault = format!("{}: {fault}", file.display());
                    wrong.lock().expect("nothing panics under this lock").push(fault);
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().expect("nothing panics under this lock");
    wrong.sort();
    assert!(wrong.is_empty(), "{}\n{} chats", wrong.join("\n"), wrong.len());
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("it panicked").to_owned()
}

/// Plays one file on each database and compares.
fn go(file: &Path) -> Result<(), String> {
    let written = std::fs::read_to_string(file).map_err(|it| it.to_string())?;
    let mut expected = written;
    let on = environment("ON").unwrap_or_default();
    let grounds = Ground::all().into_iter().filter(|it| format!("{it:?}").contains(&on));
    for (at, ground) in grounds.enumerate() {
        let seen = alone(play(&expected, ground))?;
        if seen == expected {
            continue;
        }
        if at == 0 && environment("UPDATE").is_some() {
            std::fs::write(file, &seen).map_err(|it| it.to_string())?;
            expected = seen;
            continue;
        }
        return Err(format!("on {ground:?}\n{}", difference(&expected, &seen)));
    }
    Ok(())
}

/// Plays a text and gives it back with what was seen.
async fn play(text: &str, ground: Ground) -> Result<String, String> {
    let own: Vec<_> = text
        .lines()
        .filter_map(|it| it.strip_prefix("~ with ")?.split_once('='))
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .collect();
    let mut talk = Talk::new(World::with(ground, &own).await);
    for (number, line) in text.lines().enumerate() {
        let done = talk.line(line).await;
        done.map_err(|fault| {
            format!("on {ground:?}, line {}: `{line}`: {fault}\n{}", number + 1, talk.seen())
        })?;
    }
    talk.end().await
}

/// The first lines that differ, with a few before them.
fn difference(expected: &str, seen: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (expected.lines().collect(), seen.lines().collect());
    let same = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let part = |lines: &[&str], mark: char| {
        let lines = lines.iter().skip(same).take(12);
        lines.map(|it| format!("{mark} {it}\n")).collect::<String>()
    };
    let before: String =
        old[same.saturating_sub(4)..same].iter().map(|it| format!("  {it}\n")).collect();
    format!("line {}\n{before}{}{}", same + 1, part(&old, '-'), part(&new, '+'))
}
