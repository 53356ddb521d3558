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

/// Below a photo of an album nobody would see that they were refused.
#[test]
fn words_too_long_for_a_file_go_by_themselves() {
    let parts = |chars, has_file| {
        let parts = note(chars, has_file).apart();
        let part = |it: &Note| (it.words.chars().count(), it.file.is_some());
        parts.iter().map(part).collect::<Vec<_>>()
    };
    assert_eq!(parts(CAPTION_CHARS_MAX, true), [(CAPTION_CHARS_MAX, true)]);
    let more = CAPTION_CHARS_MAX + 1;
    assert_eq!(parts(more, true), [(more, false), (0, true)]);
    assert_eq!(parts(WORDS_CHARS_MAX + 1, false), [(WORDS_CHARS_MAX + 1, false)]);
    assert_eq!(parts(0, true), [(0, true)]);
}
