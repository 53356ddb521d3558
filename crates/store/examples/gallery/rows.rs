//! A made-up gallery: somebody with very many pictures among others with some.

use domain::{ArtifactId, AvatarId, Millis, UserId};
use store::{StoreError, Tx};

/// Whoever has `$1` pictures is the first; all others have a hundred each, `$2` in all. They were
/// made a minute apart, in generations of four, with four avatars a person in turn.
const ROWS: [&str; 9] = [
    "INSERT INTO bots (id, telegram_id, username, token_name, state, created_at)
     SELECT 'bot_b', 1, 'b', 'main', 'active', 1 WHERE $1 < $2",
    "INSERT INTO users (id, bot_id, telegram_id, first_name, language, state, created_at)
     WITH RECURSIVE n (i) AS (
         SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < ($2 - $1) / 100)
     SELECT 'usr_' || CAST(1000000 + i AS TEXT), 'bot_b', i, 'A', 'en', 'active', 1 FROM n",
    "INSERT INTO accounts (id, posted, held, lines, opened_at)
     SELECT 'wallet:bot_b:' || id, 0, 0, 0, 1 FROM users WHERE $1 < $2",
    "INSERT INTO avatars (id, user_id, bot_id, kind, subject, name, trigger_word, state, is_main,
                          photos_numbered, remote_model, remote_provider, created_at,
                          completed_at)
     WITH n (i) AS (SELECT 0 UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3)
     SELECT 'ava_' || SUBSTR(id, 5) || CAST(i AS TEXT), id, 'bot_b', 'portrait', 'woman', 'A',
            id || CAST(i AS TEXT), 'completed', 0, 0, 'model', 'fal', 1, 1
     FROM users, n WHERE $1 < $2",
    // In between: one of the first, two of others.
    "INSERT INTO holds (id, wallet, credits, state, captured, cause, opened_at, closed_at)
     WITH RECURSIVE n (i) AS (
         SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $2 / 4 - 1)
     SELECT 'hld_' || CAST(10000000 + i AS TEXT),
            'wallet:bot_b:usr_' || CAST(1000000
                + CASE WHEN i % ($2 / $1) = 0 THEN 0 ELSE 1 + i % (($2 - $1) / 100) END AS TEXT),
            0, 'captured', 0, 'gen_' || CAST(10000000 + i AS TEXT), 1, 1
     FROM n",
    "INSERT INTO generations (id, user_id, bot_id, product, avatar_id, words, prompt, aspect,
                              count, model, seed, state, credits, each, hold_id, provider,
                              workflow, tried, cost_micros, calls, attempts, made, withheld,
                              created_at, ended_at)
     SELECT cause, SUBSTR(wallet, 14), 'bot_b', 'picture',
            'ava_' || SUBSTR(wallet, 18)
                || CAST(CAST(SUBSTR(id, 5) AS BIGINT) / ($2 / $1) % 4 AS TEXT),
            'in the garden', 'photo of a woman in the garden', '1:1', 4, 'flux', 1, 'SUCCEEDED',
            0, 0, id, 'fal', 'flux', '', 1, 1, 1, 4, 0,
            (CAST(SUBSTR(id, 5) AS BIGINT) - 10000000) * 60000,
            (CAST(SUBSTR(id, 5) AS BIGINT) - 10000000) * 60000 + 20000
     FROM holds WHERE $1 < $2",
    "INSERT INTO objects (id, key, bytes, sha256, kind, content_type, user_id, created_at)
     WITH n (i) AS (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4)
     SELECT 'obj_' || SUBSTR(id, 5) || CAST(i AS TEXT),
            'generations/' || id || '/' || CAST(i AS TEXT), 1500000, 'aa', 'picture',
            'image/png', user_id, ended_at
     FROM generations, n WHERE $1 < $2",
    "INSERT INTO objects (id, key, bytes, sha256, kind, content_type, user_id, created_at)
     SELECT id || 't', key || '.thumbnail', 15000, 'bb', 'thumbnail', 'image/jpeg', user_id,
            created_at
     FROM objects WHERE kind = 'picture' AND $1 < $2",
    "INSERT INTO artifacts (id, generation_id, user_id, bot_id, avatar_id, product, number,
                            object_id, thumbnail_object, width, height, seed, favourite_of,
                            delete_after, created_at)
     WITH n (i) AS (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4)
     SELECT 'art_' || SUBSTR(id, 5) || CAST(i AS TEXT), id, user_id, bot_id, avatar_id, product, i,
            'obj_' || SUBSTR(id, 5) || CAST(i AS TEXT),
            'obj_' || SUBSTR(id, 5) || CAST(i AS TEXT) || 't', 1024, 1024, i,
            CASE WHEN i = 1 AND SUBSTR(id, 11) IN ('0', '3', '33') THEN user_id END,
            CASE WHEN i = 1 AND SUBSTR(id, 11) IN ('0', '3', '33') THEN NULL
                 ELSE ended_at + 15552000000 END,
            ended_at
     FROM generations, n WHERE $1 < $2",
];

pub fn write(tx: &mut Tx, of_one: i64, all: i64) -> Result<(), StoreError> {
    for sql in ROWS {
        tx.execute(sql, &[&of_one, &all])?;
    }
    // Some that were deleted lie in between.
    tx.execute(
        "UPDATE artifacts SET deleted_at = 1 WHERE number = 4 AND SUBSTR(generation_id, 12) = '7'",
        &[],
    )
    .map(drop)
}

pub fn first() -> UserId {
    UserId::from_text("usr_1000000").expect("an id")
}

pub fn avatar() -> AvatarId {
    AvatarId::from_text("ava_10000002").expect("an id")
}

/// A picture of the first, so far from the oldest.
pub fn picture(of_one: i64, all: i64, percent: i64) -> ArtifactId {
    let every = all / of_one;
    let generation = 10_000_000 + all / 4 * percent / 100 / every * every;
    ArtifactId::from_text(&format!("art_{generation}1")).expect("an id")
}

/// When the last so many percent began.
pub fn moment(all: i64, percent: i64) -> Millis {
    Millis(all / 4 * (100 - percent) / 100 * 60_000)
}
