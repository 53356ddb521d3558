//! The samples of the catalog's voices: all there, short and small.

use sandbox::elevenlabs::voices::VOICES;
use std::path::Path;

/// So many of the emulator's voices are in the catalog, and in these languages.
const LISTED: usize = 12;
const LANGUAGES: [&str; 3] = ["ru", "en", "kk"];
/// Four seconds of 32 thousand bits each, and the head of the file.
const SAMPLE_BYTES_MAX: usize = 4 * 4_000 + 300;

#[test]
fn the_catalog_has_all_samples() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog/voices");
    for voice in &VOICES[..LISTED] {
        for language in LANGUAGES {
            let name = format!("{}-{language}.mp3", voice.name.to_lowercase());
            let bytes =
                std::fs::read(folder.join(&name)).unwrap_or_else(|it| panic!("{name}: {it}"));
            assert!(bytes.len() <= SAMPLE_BYTES_MAX, "{name}: {}", bytes.len());
            assert!(bytes.starts_with(b"ID3") || bytes[0] == 0xff, "{name} is no mp3");
        }
    }
}

/// Ids as the real ones, each once, and more than two pages of ten.
#[test]
fn voices_have_ids_of_twenty_letters() {
    let ids: std::collections::BTreeSet<_> = VOICES.iter().map(|it| it.id).collect();
    assert_eq!((ids.len(), VOICES.len()), (23, 23));
    for id in ids {
        assert!(id.len() == 20 && id.bytes().all(|it| it.is_ascii_alphanumeric()), "{id}");
    }
}
