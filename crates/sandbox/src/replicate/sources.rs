//! The files that an input leads to: links to ourselves and `data:` links are read at once, what is
//! elsewhere on this machine is fetched through the outlet.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::run::{Found, Opened, Wanted};
use super::{Replicate, archive, delivery, weights};
use crate::Outlet;
use crate::drawing::Avatar;

const FILE_BYTES_MAX: u64 = 512 << 20;

/// Where a file is.
enum Place {
    Here(Bytes),
    /// It needs no bytes: the version of a model is named.
    Known(Avatar),
    Elsewhere,
    Nowhere,
}

impl Replicate {
    /// Fetches the files of a run and looks into them. What is here is there when the run starts;
    /// what is elsewhere takes until now, and waits if there is no outlet.
    pub(super) async fn open(&self, number: u64, now: i64, out: Option<&dyn Outlet>) {
        let Some(_opening) = Opening::begin(self, number) else { return };
        let (wants, starts_at) = {
            let world = self.world();
            let Some(run) = world.runs.get(&number) else { return };
            (run.wants(), run.starts_at)
        };
        let (mut at, mut found) = (starts_at, Ok(Found::default()));
        for (wanted, text) in wants {
            let place = match self.place(&text, starts_at) {
                Place::Elsewhere => match out {
                    Some(out) => {
                        at = now;
                        let fetched = out.get(&text, FILE_BYTES_MAX).await;
                        fetched.map_or(Place::Nowhere, Place::Here)
                    }
                    None => return,
                },
                place => place,
            };
            // Zip files take their time.
            let seen = tokio::task::spawn_blocking(move || see(wanted, place)).await;
            let seen = seen.unwrap_or_else(|_| Err("The file could not be read".to_owned()));
            found = found.and_then(|found| Ok(seen?.beside(found)));
        }
        if let Some(run) = self.world().runs.get_mut(&number) {
            run.opened.get_or_insert(Opened { at, found });
        }
    }

    fn place(&self, text: &str, at: i64) -> Place {
        let bytes = |bytes: Option<Bytes>| bytes.map_or(Place::Nowhere, Place::Here);
        if let Some(inline) = text.strip_prefix("data:") {
            let decoded = inline.split_once(";base64,").and_then(|it| STANDARD.decode(it.1).ok());
            return bytes(decoded.map(Bytes::from));
        }
        let base = self.settings.base_url();
        let path = text.split(['?', '#']).next().unwrap_or(text);
        if let Some(id) = path.strip_prefix(&format!("{base}/v1/files/")) {
            let id = id.strip_suffix("/download").unwrap_or(id);
            return bytes(self.world().file(id, at).map(|it| it.bytes.clone()));
        }
        if let Some(rest) = path.strip_prefix(&format!("{base}/delivery/xezq/")) {
            let (token, name) = rest.split_once('/').unwrap_or((rest, ""));
            return bytes(delivery::weights(&mut self.world(), token, name).map(Bytes::from));
        }
        if text.starts_with("http://") || text.starts_with("https://") {
            return Place::Elsewhere;
        }
        self.world().version_named(text).map_or(Place::Nowhere, Place::Known)
    }
}

/// What is in one file.
fn see(wanted: Wanted, place: Place) -> Result<Found, String> {
    let bytes = match place {
        Place::Here(bytes) => bytes,
        Place::Known(avatar) if wanted == Wanted::Weights => {
            return Ok(Found { avatars: vec![avatar], ..Found::default() });
        }
        Place::Known(_) | Place::Elsewhere | Place::Nowhere => {
            return Err(match wanted {
                Wanted::Archive => "Failed to download input_images",
                Wanted::Weights => "Failed to download the LoRA weights",
                Wanted::Picture => "Failed to download image",
            }
            .to_owned());
        }
    };
    match wanted {
        Wanted::Archive => {
            archive::photos(&bytes).map(|photos| Found { photos, ..Found::default() })
        }
        Wanted::Weights => {
            let avatar = weights::avatar_of(&bytes)?;
            Ok(Found { avatars: vec![avatar], ..Found::default() })
        }
        Wanted::Picture if archive::is_picture(&bytes) => {
            Ok(Found { picture: Some(bytes), ..Found::default() })
        }
        Wanted::Picture => Err("cannot identify image file".to_owned()),
    }
}

impl Found {
    /// Both together; the other one was found before.
    fn beside(self, mut other: Found) -> Found {
        other.photos += self.photos;
        other.avatars.extend(self.avatars);
        other.picture = other.picture.or(self.picture);
        other
    }
}

/// Marks a run whose files are being looked into, so that nobody else does, until it is dropped.
struct Opening<'a> {
    replicate: &'a Replicate,
    number: u64,
}

impl<'a> Opening<'a> {
    fn begin(replicate: &'a Replicate, number: u64) -> Option<Opening<'a>> {
        replicate.world().opening.insert(number).then(|| Opening { replicate, number })
    }
}

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.replicate.world().opening.remove(&self.number);
    }
}
