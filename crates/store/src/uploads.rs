//! Uploads: where providers can read objects of ours, and until when.

use domain::{Millis, ObjectId};

use crate::{StoreError, Tx};

/// Where a provider can read an object now, and for a while.
pub fn get(
    tx: &mut Tx,
    object: &ObjectId,
    provider: &str,
    now: Millis,
) -> Result<Option<String>, StoreError> {
    let row = tx.first(
        "SELECT url FROM uploads WHERE object_id = $1 AND provider = $2 AND $3 < until",
        &[object, &provider, &now],
    )?;
    row.map(|it| it.text(0)).transpose()
}

/// Notes an upload, instead of an older one.
pub fn put(
    tx: &mut Tx,
    object: &ObjectId,
    provider: &str,
    url: &str,
    until: Millis,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO uploads (object_id, provider, url, until) VALUES ($1, $2, $3, $4)
         ON CONFLICT (object_id, provider) DO UPDATE SET
            url = excluded.url, until = excluded.until",
        &[object, &provider, &url, &until],
    )
    .map(|_| ())
}

/// The object is gone, or what was uploaded is no good.
pub fn forget_of_object(tx: &mut Tx, object: &ObjectId) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM uploads WHERE object_id = $1", &[object])
}
