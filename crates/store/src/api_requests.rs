//! What other programs asked for under a key of their own choice, so that asking again makes
//! nothing twice.

use domain::{ApiKeyId, Millis};

use crate::{StoreError, Tx};

/// A request that carries such a key.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub key: &'a ApiKeyId,
    /// What the caller calls it.
    pub name: &'a str,
    /// Method and path.
    pub route: &'a str,
    pub body_hash: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is the first: whoever began it finishes it.
    New,
    /// The same is being worked on.
    UnderWay,
    /// The same was answered with this.
    Answered { code: u32, answer: String },
    /// The name was used for something else.
    Other,
}

/// Notes a request, or says what became of the one before. One that was begun before `abandoned`
/// and never answered is begun anew: whoever had it has died.
pub fn begin(
    tx: &mut Tx,
    request: &Request<'_>,
    abandoned: Millis,
    now: Millis,
) -> Result<Begun, StoreError> {
    let Request { key, name, route, body_hash } = request;
    let added = tx.execute(
        "INSERT INTO api_requests (key_id, name, route, body_hash, created_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (key_id, name) DO UPDATE SET
            route = excluded.route, body_hash = excluded.body_hash,
            created_at = excluded.created_at
         WHERE api_requests.code IS NULL AND api_requests.created_at < $6",
        &[key, name, route, body_hash, &now, &abandoned],
    )?;
    if added == 1 {
        return Ok(Begun::New);
    }
    let known = tx.one(
        "SELECT route, body_hash, code, answer FROM api_requests WHERE key_id = $1 AND name = $2",
        &[key, name],
    )?;
    if known.text("route")? != *route || known.text("body_hash")? != *body_hash {
        return Ok(Begun::Other);
    }
    Ok(match known.maybe_count("code")? {
        Some(code) => Begun::Answered { code, answer: known.text("answer")? },
        None => Begun::UnderWay,
    })
}

/// Notes the answer, in the transaction of what it made.
pub fn answered(
    tx: &mut Tx,
    key: &ApiKeyId,
    name: &str,
    code: u32,
    answer: &str,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE api_requests SET code = $1, answer = $2
         WHERE key_id = $3 AND name = $4 AND code IS NULL",
        &[&code, &answer, key, &name],
    )?;
    Ok(changed == 1)
}

/// It made nothing: the name is free again.
pub fn leave(tx: &mut Tx, key: &ApiKeyId, name: &str) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM api_requests WHERE key_id = $1 AND name = $2 AND code IS NULL",
        &[key, &name],
    )
    .map(|_| ())
}

/// Forgets what was asked before a moment.
pub fn prune(tx: &mut Tx, before: Millis) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM api_requests WHERE created_at < $1", &[&before])
}
