//! What presets show before anything was made with them: one file, one line, sorted.
//!
//! The list is written by `UPDATE=1 cargo test -p domain`, from what is in the folder; the files by
//! `cargo run -p sandbox --example examples -- catalog`.

use super::{Catalog, WrongCatalog};

/// The most that an operator's own picture has.
pub const EXAMPLE_BYTES_MAX: usize = 1 << 20;

impl Catalog {
    /// A JPEG that shows what comes of a preset: the operator's own, else ours.
    pub fn example(&self, preset: &str) -> Option<&[u8]> {
        let own = self.examples.get(preset).map(|it| &**it);
        own.or_else(|| EXAMPLES.iter().find(|it| it.0 == preset).map(|it| it.1))
    }

    /// Takes an operator's own picture, given with its path below `catalog/`.
    pub fn take_example(&mut self, file: &str, bytes: Vec<u8>) -> Result<(), WrongCatalog> {
        let wrong = |what: &str| WrongCatalog { file: file.to_owned(), what: what.to_owned() };
        let name = file.strip_prefix("examples/").and_then(|it| it.strip_suffix(".jpg"));
        let Some(name) = name.filter(|it| self.preset(it).is_some()) else {
            return Err(wrong("an example is PRESET.jpg, by a preset that there is"));
        };
        if !bytes.starts_with(JPEG) {
            return Err(wrong("an example is a JPEG"));
        }
        if EXAMPLE_BYTES_MAX < bytes.len() {
            return Err(wrong("an example has a megabyte at most"));
        }
        self.examples.insert(name.to_owned(), bytes.into());
        Ok(())
    }
}

/// How each JPEG begins.
const JPEG: &[u8] = &[0xff, 0xd8, 0xff];

macro_rules! examples {
    ($($preset:literal,)*) => {
        /// (preset, JPEG), sorted. A test compares it with the folder.
        pub const EXAMPLES: [(&str, &[u8]); [$($preset),*].len()] = [$((
            $preset,
            include_bytes!(concat!("../../../../catalog/examples/", $preset, ".jpg")),
        )),*];
    };
}

examples! {
    "art-anime",
    "art-cartoon",
    "art-oil",
    "art-ornament",
    "art-pencil",
    "art-pop",
    "art-watercolour",
    "bg-almaty",
    "bg-blur",
    "bg-moscow",
    "bg-office",
    "bg-own",
    "bg-photo",
    "bg-sea",
    "bg-white",
    "bob",
    "clean-shaven",
    "colourise",
    "curls",
    "fade",
    "fringe",
    "full-beard",
    "gentle-smile",
    "goatee",
    "hair-blonde",
    "hair-colour",
    "hair-copper",
    "long-waves",
    "makeup-evening",
    "makeup-natural",
    "makeup-red-lips",
    "makeup-smoky",
    "makeup-wedding",
    "moustache",
    "no-glare",
    "open-eyes",
    "own-words-two",
    "own-words",
    "pixie",
    "remove-object",
    "remove-people",
    "restore-colourise",
    "restore",
    "retouch-light",
    "retouch-skin",
    "season-autumn",
    "season-new-year",
    "season-spring",
    "season-summer",
    "season-winter",
    "sharpen-faces",
    "stubble",
    "try-on-dress",
    "try-on-glasses",
    "try-on-hairstyle",
    "try-on-hat",
    "try-on-jewellery",
    "try-on-outfit",
    "try-on-top",
    "upscale",
}
