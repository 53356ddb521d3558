//! What customers and those who answer write to each other.

use domain::feedback::{Attached, CAPTION_CHARS_MAX, FileKind, Note, WORDS_CHARS_MAX};

fn note(chars: usize, has_file: bool) -> Note {
    let file = Attached { kind: FileKind::Photo, file_id: "file".to_owned() };
    Note { words: "я".repeat(chars), file: has_file.then_some(file) }
}

#[test]
fn beside_a_file_there_is_less_room_for_words() {
    for (has_file, most) in [(false, WORDS_CHARS_MAX), (true, CAPTION_CHARS_MAX)] {
        assert!(!note(most, has_file).is_too_long());
        assert!(note(most + 1, has_file).is_too_long());
    }
}

#[test]
fn blanks_alone_are_nothing() {
    assert!(Note { words: " \n ".to_owned(), file: None }.is_empty());
    assert!(!note(0, true).is_empty() && !note(1, false).is_empty() && note(0, false).is_empty());
}
