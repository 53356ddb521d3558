//! Folders for jobs: everybody's own, and gone afterwards.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};

use media::video::{Folder, NotOurs, VideoError, needs_room, room, sweep};

use super::sources::Shelf;

/// Later than whatever a test makes.
fn tomorrow(shelf: &Shelf) -> SystemTime {
    let touched = std::fs::metadata(shelf.path()).unwrap().modified().unwrap();
    touched + Duration::from_secs(86_400)
}

#[test]
fn it_is_the_jobs_own_and_goes_with_it() {
    let shelf = Shelf::new();
    let (first, second) =
        (Folder::new(shelf.path(), "job_1").unwrap(), Folder::new(shelf.path(), "job_2").unwrap());
    assert_ne!(first.path(), second.path());
    let mode = std::fs::metadata(first.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    std::fs::write(first.file("video.mp4"), "mine").unwrap();
    assert!(!second.file("video.mp4").exists());
    assert!(matches!(Folder::new(shelf.path(), "job_1"), Err(NotOurs::Taken)));
    drop(first);
    assert!(!shelf.place("job_1").exists());
    assert!(shelf.place("job_2").exists());
}

#[test]
fn what_an_earlier_attempt_left_is_removed() {
    let shelf = Shelf::new();
    std::fs::create_dir_all(shelf.place("job_1/deep")).unwrap();
    shelf.file("job_1/video.mp4", b"old");
    let folder = Folder::new(shelf.path(), "job_1").unwrap();
    assert!(!folder.file("video.mp4").exists() && !folder.file("deep").exists());
}

#[test]
fn an_id_names_a_folder_and_no_other_place() {
    let shelf = Shelf::new();
    // Deep enough that nothing of others is hit, should one of these be taken.
    let parent = shelf.place("jobs");
    std::fs::create_dir(&parent).unwrap();
    let long = "x".repeat(81);
    for id in ["", ".", "..", "../up", "a/b", "/proc/nowhere", "a b", "a\0b", "имя", &long] {
        assert!(matches!(Folder::new(&parent, id), Err(NotOurs::Name)), "{id:?}");
    }
}

#[test]
fn only_old_folders_of_nobody_are_swept() {
    let shelf = Shelf::new();
    let held = Folder::new(shelf.path(), "job_held").unwrap();
    std::fs::create_dir(shelf.place("job_dead")).unwrap();
    shelf.file("job_dead/video.mp4", b"left by a process that was killed");
    shelf.file("a file", b"nobody's");
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(86_400);
    assert_eq!(sweep(shelf.path(), long_ago).unwrap(), 0);
    assert!(shelf.place("job_dead").exists());
    assert_eq!(sweep(shelf.path(), tomorrow(&shelf)).unwrap(), 1);
    assert!(!shelf.place("job_dead").exists());
    assert!(held.path().exists() && shelf.place("a file").exists());
    assert_eq!(sweep(&shelf.place("nowhere"), long_ago).unwrap(), 0);
}

#[test]
fn without_room_nothing_is_begun() {
    let shelf = Shelf::new();
    let free = room(shelf.path()).unwrap();
    assert!(0 < free);
    assert!(needs_room(shelf.path(), 1).is_ok());
    assert!(matches!(needs_room(shelf.path(), u64::MAX), Err(VideoError::NoRoom)));
}
