//! Made-up books that are right: a hundred movements in each wallet, and all that they come from.
//!
//! A wallet's lines: 1 the welcome; 2 to 31 packs that were bought; 32 to 34 what came on top of
//! the first three; 35 to 94 trainings; 95 and 96 the refunds of the first two packs; 97 and 98
//! gifts that were made; 99 and 100 gifts that were received.

use store::{Backend, StoreError, Tx};

/// Written in this order. `$1` is the number of wallets.
const PEOPLE: [&str; 3] = [
    "INSERT INTO users (id, bot_id, telegram_id, first_name, language, state, created_at)
     WITH RECURSIVE n (i) AS (
         SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $1)
     SELECT 'usr_' || CAST(1000000000000000000 + i AS TEXT), 'bot_b', i, 'A', 'en', 'active', 1
     FROM n",
    "INSERT INTO accounts (id, posted, held, lines, opened_at)
     SELECT 'wallet:bot_b:' || id, 3210, 0, 100, 1 FROM users WHERE $1 = $1",
    "INSERT INTO avatars (id, user_id, bot_id, kind, subject, name, trigger_word, state, is_main,
                          photos_numbered, remote_model, created_at, completed_at)
     SELECT 'ava_' || SUBSTR(id, 5), id, 'bot_b', 'portrait', 'woman', 'A', id, 'completed', 0, 0,
            'model', 1, 1
     FROM users WHERE $1 = $1",
];

const HOLDS: &str =
    "INSERT INTO holds (id, wallet, credits, state, captured, cause, opened_at, closed_at)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 64)
     SELECT 'hld_' || SUBSTR(users.id, 5)
                || CASE WHEN i <= 60 THEN 't' WHEN i <= 62 THEN 'r' ELSE 'g' END
                || CAST(CASE WHEN i <= 60 THEN i WHEN i <= 62 THEN i - 60 ELSE i - 62 END AS TEXT),
            'wallet:bot_b:' || users.id,
            CASE WHEN i <= 60 THEN 10 WHEN i <= 62 THEN 110 ELSE 5 END, 'captured',
            CASE WHEN i <= 60 THEN 10 WHEN i <= 62 THEN 110 ELSE 5 END,
            CASE WHEN i <= 60 THEN 'trn_' WHEN i <= 62 THEN 'ref_' ELSE 'gft_' END
                || SUBSTR(users.id, 5) || 'n'
                || CAST(CASE WHEN i <= 60 THEN i WHEN i <= 62 THEN i - 60 ELSE i - 62 END AS TEXT),
            1, 1
     FROM users, n";

const GIFTS: &str =
    "INSERT INTO gifts (id, code, giver, bot_id, credits, hold_id, state, friend, created_at,
                        expires_at, ended_at)
     WITH n (i) AS (SELECT 1 UNION ALL SELECT 2)
     SELECT 'gft_' || SUBSTR(giver.id, 5) || 'n' || CAST(i AS TEXT),
            giver.id || 'n' || CAST(i AS TEXT), giver.id, 'bot_b', 5,
            'hld_' || SUBSTR(giver.id, 5) || 'g' || CAST(i AS TEXT), 'opened', friend.id, 1, 2, 1
     FROM users AS giver
     JOIN users AS friend ON friend.bot_id = 'bot_b'
         AND friend.telegram_id = giver.telegram_id % $1 + 1, n";

const REST: [&str; 8] = [
    "INSERT INTO orders (id, user_id, bot_id, pack, method, gateway, minor, currency, credits,
                         bonus, is_renewal, state, idempotence_key, payment, looks, created_at,
                         expires_at, ended_at)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
     SELECT 'ord_' || SUBSTR(id, 5) || 'n' || CAST(i AS TEXT), id, 'bot_b', '100', 'card',
            'yookassa', 84900, 'rub', 100, CASE WHEN i <= 3 THEN 10 ELSE 0 END, 0,
            CASE WHEN i <= 2 THEN 'refunded' ELSE 'paid' END,
            'ord_' || SUBSTR(id, 5) || 'n' || CAST(i AS TEXT), id || 'n' || CAST(i AS TEXT), 1, 1,
            2, 1
     FROM users, n",
    "INSERT INTO payments (id, gateway, their_id, bot_id, order_id, user_id, minor, currency,
                           credits, bonus, state, refunded, owed, paid_at, created_at)
     SELECT 'pay_' || SUBSTR(id, 5), gateway, payment, bot_id, id, user_id, minor, currency,
            credits, bonus, CASE WHEN state = 'paid' THEN 'credited' ELSE 'refunded' END,
            CASE WHEN state = 'paid' THEN 0 ELSE minor END, 0, 1, 1
     FROM orders",
    "INSERT INTO refunds (id, payment_id, gateway, their_id, minor, credits, hold_id, state,
                          idempotence_key, reason, actor, created_at, ended_at)
     SELECT 'ref_' || SUBSTR(id, 5), id, gateway, id, minor, credits + bonus,
            'hld_' || SUBSTR(user_id, 5) || 'r' || SUBSTR(id, 25), 'succeeded', id, 'asked', 'owner',
            1, 1
     FROM payments WHERE state = 'refunded'",
    "INSERT INTO trainings (id, avatar_id, user_id, bot_id, kind, quality, state, settings, credits,
                            hold_id, provider, workflow, cost_micros, calls, attempts, created_at,
                            ended_at)
     SELECT cause, 'ava_' || SUBSTR(wallet, 18), SUBSTR(wallet, 14), 'bot_b', 'portrait', 'fast',
            'SUCCEEDED', '{}', credits, id, 'fal', 'portrait', 1, 1, 1, 1, 1
     FROM holds WHERE credits = 10",
    "INSERT INTO chats (id, bot_id, user_id, telegram_chat, place, version, shown_version,
                        updated_at)
     SELECT 'cht_' || SUBSTR(id, 5), bot_id, id, telegram_id, 'x', 1, 1, 1 FROM users",
    "INSERT INTO tells (id, chat_id, user_id, bot_id, news, about, state, dedupe_key, attempts,
                        created_at, ended_at)
     SELECT 'tel_' || SUBSTR(id, 5), 'cht_' || SUBSTR(user_id, 5), user_id, bot_id, '{}', id,
            'sent', id, 1, 1, 1
     FROM trainings",
    "INSERT INTO transfers
        (reference, payer, payee, wallet, line, credits, kind, reason, actor, cause, at)
     SELECT 'welcome:' || id, 'platform:bonus', 'wallet:bot_b:' || id, 'wallet:bot_b:' || id, 1,
            1000, 'bonus', 'welcome', 'system', id, 1
     FROM users
     UNION ALL
     SELECT 'payment:' || gateway || ':' || their_id, 'platform:sales', 'wallet:bot_b:' || user_id,
            'wallet:bot_b:' || user_id, 1 + CAST(SUBSTR(id, 25) AS BIGINT), credits, 'bought',
            'bought', gateway, id, 1
     FROM payments
     UNION ALL
     SELECT 'payment-bonus:' || gateway || ':' || their_id, 'platform:bonus',
            'wallet:bot_b:' || user_id, 'wallet:bot_b:' || user_id,
            31 + CAST(SUBSTR(id, 25) AS BIGINT), bonus, 'bonus', 'on top of a payment', gateway,
            id, 1
     FROM payments WHERE 0 < bonus
     UNION ALL
     SELECT 'capture:' || id, wallet,
            CASE WHEN credits = 110 THEN 'platform:refunds' ELSE 'platform:sales' END, wallet,
            CASE credits WHEN 10 THEN 34 WHEN 110 THEN 94 ELSE 96 END
                + CAST(SUBSTR(cause, 25) AS BIGINT),
            captured, CASE WHEN credits = 110 THEN 'taken' ELSE 'spent' END,
            'work delivered', 'system', cause, 1
     FROM holds
     UNION ALL
     SELECT 'gift:' || id, 'platform:bonus', 'wallet:bot_b:' || friend, 'wallet:bot_b:' || friend,
            98 + CAST(SUBSTR(id, 25) AS BIGINT), credits, 'bonus', 'gift', 'system', id, 1
     FROM gifts",
    "INSERT INTO grants (reference, wallet, kind, credits, remaining, granted_at)
     SELECT reference, wallet, kind, credits,
            CASE WHEN line = 1 THEN 390 WHEN line IN (2, 3, 32, 33) THEN 0 ELSE credits END, 1
     FROM transfers WHERE payee = wallet",
];

pub fn write(tx: &mut Tx, wallets: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO bots (id, telegram_id, username, token_name, state, created_at)
         VALUES ('bot_b', 1, 'b', 'main', 'active', 1)",
        &[],
    )?;
    for sql in PEOPLE {
        tx.execute(sql, &[&wallets])?;
    }
    tx.execute(HOLDS, &[])?;
    tx.execute(GIFTS, &[&wallets])?;
    for sql in REST {
        tx.execute(sql, &[])?;
    }
    match tx.backend() {
        Backend::Sqlite => Ok(()),
        // Its own upkeep would have done so long before there are so many.
        Backend::Postgres => tx.execute("ANALYZE", &[]).map(drop),
    }
}
