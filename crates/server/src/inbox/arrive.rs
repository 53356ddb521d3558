//! What a link brought somebody with: an inviter or a campaign, of which the first counts; a code
//! or a gift, which waits until they have agreed to the terms.

use domain::UserId;
use store::users::User;
use store::{StoreError, Tx, rewards, users};

/// Keeps what `/start` carried.
pub fn by_link(tx: &mut Tx, user: &User, payload: &str, is_new: bool) -> Result<(), StoreError> {
    let inviter = payload
        .strip_prefix("r_")
        .and_then(|code| UserId::from_text(&format!("{}{code}", UserId::PREFIX)));
    match inviter {
        Some(inviter) if is_new => {
            users::came_by(tx, &user.id, payload)?;
            if !rewards::is_ring(tx, &user.id, &inviter)? {
                users::invited(tx, &user.id, &inviter)?;
            }
        }
        // Whoever was here before wasn't brought by anybody.
        Some(_) => {}
        None if payload.starts_with("p_") || payload.starts_with("g_") => {
            if user.consent.is_none() {
                users::promise(tx, &user.id, payload)?;
            }
        }
        None => {
            users::came_by(tx, &user.id, payload)?;
        }
    }
    Ok(())
}
