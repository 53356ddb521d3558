//! What characters look like: one file, one line, sorted.
//!
//! The list is written by `UPDATE=1 cargo test -p domain`, from what is in the folder; the files by
//! `cargo run -p sandbox --example characters -- catalog/characters`.

use super::characters::GREEN;
use super::{Catalog, WrongCatalog};

/// The most that an operator's own picture of a character has.
pub const FACE_BYTES_MAX: usize = 2 << 20;

impl Catalog {
    /// The picture by which a character is chosen and with which it speaks, a JPEG or a PNG: the
    /// operator's own, else ours.
    pub fn face(&self, name: &str) -> Option<&[u8]> {
        self.own_face(name).or_else(|| shipped(name))
    }

    /// The same person on flat green, where there is such a picture: over a clip it needs nobody who
    /// cuts the person out. Ours isn't the person of an operator's picture.
    pub fn green_face(&self, name: &str) -> Option<&[u8]> {
        let green = format!("{name}{GREEN}");
        let own = self.own_face(&green);
        own.or_else(|| self.own_face(name).is_none().then(|| shipped(&green)).flatten())
    }

    fn own_face(&self, stem: &str) -> Option<&[u8]> {
        self.faces.get(stem).map(|it| &**it)
    }

    /// Takes an operator's own picture, given with its path below `catalog/`.
    pub fn take_face(&mut self, file: &str, bytes: Vec<u8>) -> Result<(), WrongCatalog> {
        let wrong = |what: &str| WrongCatalog { file: file.to_owned(), what: what.to_owned() };
        let stem = file.strip_prefix("characters/").and_then(stem);
        let name = |it: &str| it.strip_suffix(GREEN).unwrap_or(it).to_owned();
        let Some(stem) = stem.filter(|it| self.character(&name(it)).is_some()) else {
            let says = "a picture is CHARACTER.jpg or CHARACTER-green.png (or the other way round), \
                        by a character that there is";
            return Err(wrong(says));
        };
        if !bytes.starts_with(JPEG) && !bytes.starts_with(PNG) {
            return Err(wrong("a picture is a JPEG or a PNG"));
        }
        if FACE_BYTES_MAX < bytes.len() {
            return Err(wrong("a picture has 2 megabytes at most"));
        }
        if self.faces.contains_key(stem) {
            return Err(wrong("the picture is there twice, as a JPEG and as a PNG"));
        }
        self.faces.insert(stem.to_owned(), bytes.into());
        Ok(())
    }

    /// Each character can be seen, and on green it is the same person. To be asked when an operator's
    /// own pictures were taken.
    pub fn check_faces(&self) -> Result<(), WrongCatalog> {
        for character in &self.characters {
            let name = &character.name;
            let says = if self.face(name).is_none() {
                "there is no picture of it: put NAME.jpg or NAME.png beside it"
            } else if self.own_face(name).is_none()
                && self.own_face(&format!("{name}{GREEN}")).is_some()
            {
                "your picture on green needs yours without green: ours is somebody else"
            } else {
                continue;
            };
            let file = format!("characters/{name}.toml");
            return Err(WrongCatalog { file, what: says.to_owned() });
        }
        Ok(())
    }
}

/// How each JPEG and each PNG begins.
const JPEG: &[u8] = &[0xff, 0xd8, 0xff];
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The name of a picture without what says how it is packed.
fn stem(file: &str) -> Option<&str> {
    file.strip_suffix(".jpg").or_else(|| file.strip_suffix(".png"))
}

fn shipped(name: &str) -> Option<&'static [u8]> {
    FACES.iter().find(|(file, _)| stem(file) == Some(name)).map(|it| it.1)
}

macro_rules! faces {
    ($($file:literal,)*) => {
        /// (file in `catalog/characters/`, its bytes), sorted. A test compares it with the folder.
        pub const FACES: &[(&str, &[u8])] = &[$((
            $file,
            include_bytes!(concat!("../../../../catalog/characters/", $file)),
        )),*];
    };
}

faces! {
    "aigerim-green.png",
    "aigerim.jpg",
    "alexey-green.png",
    "alexey.jpg",
    "aliya-green.png",
    "aliya.jpg",
    "amina-green.png",
    "amina.jpg",
    "anna-green.png",
    "anna.jpg",
    "arman-green.png",
    "arman.jpg",
    "asel-green.png",
    "asel.jpg",
    "askar-green.png",
    "askar.jpg",
    "bolat-green.png",
    "bolat.jpg",
    "dana-green.png",
    "dana.jpg",
    "daniyar-green.png",
    "daniyar.jpg",
    "darya-green.png",
    "darya.jpg",
    "dmitry-green.png",
    "dmitry.jpg",
    "elena-green.png",
    "elena.jpg",
    "galina-green.png",
    "galina.jpg",
    "irina-green.png",
    "irina.jpg",
    "ivan-green.png",
    "ivan.jpg",
    "kamila-green.png",
    "kamila.jpg",
    "madina-green.png",
    "madina.jpg",
    "marat-green.png",
    "marat.jpg",
    "marina-green.png",
    "marina.jpg",
    "nikolay-green.png",
    "nikolay.jpg",
    "olga-green.png",
    "olga.jpg",
    "pavel-green.png",
    "pavel.jpg",
    "ruslan-green.png",
    "ruslan.jpg",
    "sergey-green.png",
    "sergey.jpg",
    "svetlana-green.png",
    "svetlana.jpg",
    "timur-green.png",
    "timur.jpg",
    "viktor-green.png",
    "viktor.jpg",
    "zhanar-green.png",
    "zhanar.jpg",
}
