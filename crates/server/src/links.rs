//! Links to stored files: they say until when they are good, and are signed, so that whoever has
//! one sees that file for that time and nothing else.

use domain::{Millis, ObjectId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::bot::send::FILE_BYTES_MAX;
use crate::failure::Failure;

/// A path that gives an object until a moment, to whoever has it.
pub fn link(app: &App, object: &ObjectId, until: Millis) -> String {
    let sign = sign(&app.link_key, object, until);
    format!("/files/{object}?until={}&sign={sign}", until.as_i64())
}

/// The same with a name at the end of its path, for those who judge a file by its address.
pub fn named_link(app: &App, object: &ObjectId, name: &str, until: Millis) -> String {
    let sign = sign(&app.link_key, object, until);
    format!("/files/{object}/{name}?until={}&sign={sign}", until.as_i64())
}

/// Where a file that is too large for Telegram can be fetched until a moment; none for one that
/// can be sent.
pub fn if_large(
    app: &App,
    object: &ObjectId,
    bytes: i64,
    until: Millis,
) -> Result<Option<String>, Failure> {
    if bytes <= FILE_BYTES_MAX {
        return Ok(None);
    }
    match &app.public {
        Some(base) => Ok(Some(format!("{base}{}", link(app, object, until)))),
        None => {
            let cause = "a file is too large to be sent, and http.public_url is not set";
            Err(Failure::Ours(cause.to_owned()))
        }
    }
}

/// Whether a link's signature is ours and its time isn't over.
pub fn is_good(app: &App, object: &ObjectId, until: Millis, given: &str) -> bool {
    let own = sign(&app.link_key, object, until);
    let is_ours: bool = own.as_bytes().ct_eq(given.as_bytes()).into();
    is_ours && app.ground.now() < until
}

fn sign(key: &[u8], object: &ObjectId, until: Millis) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(format!("{object}\n{}", until.as_i64()).as_bytes());
    hex::encode(mac.finalize().into_bytes())
}
