//! The rules that lead from money to credits and back.

use crate::ledger::Rule;

pub(super) const RULES: [Rule; 12] = [
    Rule {
        says: "a payment that counts is for its order: the same money, credits, bot and user",
        broken_by: "
            SELECT orders.user_id || ' -> ' || orders.id || ' -> ' || payments.id,
                   'ordered for ' || CAST(orders.minor AS TEXT) || ' ' || orders.currency
                   || ', paid ' || CAST(payments.minor AS TEXT) || ' ' || payments.currency
            FROM payments JOIN orders ON orders.id = payments.order_id
            WHERE payments.state <> 'parked'
              AND (orders.user_id <> COALESCE(payments.user_id, '')
                   OR orders.bot_id <> payments.bot_id
                   OR payments.credits = 0
                   OR (orders.minor <> payments.minor OR orders.currency <> payments.currency
                       OR orders.credits <> payments.credits OR orders.bonus <> payments.bonus)
                      AND payments.why_parked IS NULL)
            ORDER BY payments.id LIMIT $1",
    },
    Rule {
        says: "a payment that counts is credited exactly once, with what it says",
        broken_by: "
            SELECT payments.gateway || ' ' || payments.their_id || ' -> ' || payments.id,
                   CAST(payments.credits AS TEXT) || ' + ' || CAST(payments.bonus AS TEXT)
                   || ' due, ' || CAST(COALESCE(came.credits, 0) AS TEXT) || ' + '
                   || CAST(COALESCE(more.credits, 0) AS TEXT) || ' came in '
                   || CAST(COALESCE(came.count, 0) AS TEXT)
            FROM payments LEFT JOIN (
                SELECT cause, CAST(SUM(credits) AS BIGINT) AS credits, COUNT(*) AS count
                FROM transfers WHERE kind = 'bought' GROUP BY cause
            ) AS came ON came.cause = payments.id
            LEFT JOIN transfers AS more ON more.reference =
                'payment-bonus:' || payments.gateway || ':' || payments.their_id
            WHERE payments.credits <> COALESCE(came.credits, 0)
               OR payments.bonus <> COALESCE(more.credits, 0)
               OR (payments.state <> 'parked') <> (COALESCE(came.count, 0) = 1)
            ORDER BY payments.id LIMIT $1",
    },
    Rule {
        says: "bought credits come from a payment",
        broken_by: "
            SELECT transfers.wallet || ' -> ' || transfers.reference,
                   CAST(transfers.credits AS TEXT) || ' bought for '
                   || COALESCE(transfers.cause, 'nothing')
            FROM transfers LEFT JOIN payments ON payments.id = transfers.cause
            WHERE transfers.kind = 'bought' AND payments.id IS NULL
            ORDER BY transfers.reference LIMIT $1",
    },
    Rule {
        says: "no credits come without a cause",
        broken_by: "
            SELECT wallet || ' -> ' || reference, CAST(credits AS TEXT) || ' came from nowhere'
            FROM transfers WHERE payee = wallet AND COALESCE(cause, '') = ''
            ORDER BY reference LIMIT $1",
    },
    Rule {
        says: "an order is paid if and only if a payment of it counts",
        broken_by: "
            SELECT orders.user_id || ' -> ' || orders.id, 'order ' || orders.state
            FROM orders
            WHERE (orders.state IN ('paid', 'refunded')) <> EXISTS (
                SELECT 1 FROM payments
                WHERE payments.order_id = orders.id AND payments.state <> 'parked')
            ORDER BY orders.id LIMIT $1",
    },
    Rule {
        says: "credits are held as long as a refund is under way, and taken if and only if it came",
        broken_by: "
            SELECT refunds.payment_id || ' -> ' || refunds.id || ' -> ' || refunds.hold_id,
                   'refund ' || refunds.state || ' of ' || CAST(refunds.credits AS TEXT)
                   || ', hold ' || COALESCE(holds.state || ' for '
                   || CAST(holds.captured AS TEXT), 'none')
            FROM refunds LEFT JOIN holds ON holds.id = refunds.hold_id
            WHERE refunds.hold_id IS NOT NULL
              AND (holds.id IS NULL OR holds.cause <> refunds.id
                   OR (refunds.ended_at IS NULL) <> (holds.state = 'open')
                   OR (refunds.state = 'failed') <> (holds.state = 'released')
                   OR refunds.state = 'succeeded' AND holds.captured <> refunds.credits)
            ORDER BY refunds.id LIMIT $1",
    },
    Rule {
        says: "a refund from outside took once what it says",
        broken_by: "
            SELECT refunds.payment_id || ' -> ' || refunds.id,
                   CAST(refunds.credits AS TEXT) || ' due, '
                   || CAST(COALESCE(transfers.credits, 0) AS TEXT) || ' taken'
            FROM refunds LEFT JOIN transfers ON transfers.reference = 'refund:' || refunds.id
            WHERE refunds.hold_id IS NULL AND refunds.credits <> COALESCE(transfers.credits, 0)
            ORDER BY refunds.id LIMIT $1",
    },
    Rule {
        says: "what went back of a payment is what its refunds say, and no more than it was",
        broken_by: "
            SELECT payments.gateway || ' ' || payments.their_id || ' -> ' || payments.id,
                   CAST(payments.refunded AS TEXT) || ' of ' || CAST(payments.minor AS TEXT)
                   || ' went back, refunds say ' || CAST(COALESCE(back.minor, 0) AS TEXT)
            FROM payments LEFT JOIN (
                SELECT payment_id, CAST(SUM(minor) AS BIGINT) AS minor
                FROM refunds WHERE state = 'succeeded' GROUP BY payment_id
            ) AS back ON back.payment_id = payments.id
            WHERE payments.refunded <> COALESCE(back.minor, 0)
               OR payments.minor < payments.refunded
               OR (payments.state = 'refunded') <> (payments.refunded = payments.minor
                   AND payments.credits <> 0)
            ORDER BY payments.id LIMIT $1",
    },
    Rule {
        says: "a gift is held, given or returned as it says",
        broken_by: "
            SELECT gifts.giver || ' -> ' || gifts.id || ' -> ' || gifts.hold_id,
                   'gift ' || gifts.state || ', hold ' || COALESCE(holds.state, 'none')
                   || ', friend ' || COALESCE(CAST(transfers.credits AS TEXT), 'nothing')
            FROM gifts LEFT JOIN holds ON holds.id = gifts.hold_id
            LEFT JOIN transfers ON transfers.reference = 'gift:' || gifts.id
            WHERE holds.id IS NULL OR holds.cause <> gifts.id OR holds.credits <> gifts.credits
               OR (gifts.state = 'open') <> (holds.state = 'open')
               OR (gifts.state = 'opened') <> (holds.state = 'captured'
                   AND holds.captured = gifts.credits)
               OR (gifts.state = 'opened') <> (COALESCE(transfers.credits, 0) = gifts.credits)
            ORDER BY gifts.id LIMIT $1",
    },
    Rule {
        says: "an invitation is rewarded once, as it says, for a payment of who was invited",
        broken_by: "
            SELECT rewards.inviter || ' -> ' || rewards.invited || ' -> ' || rewards.payment_id,
                   'paid by ' || COALESCE(payments.user_id, 'nobody')
            FROM rewards LEFT JOIN payments ON payments.id = rewards.payment_id
            LEFT JOIN transfers AS inviter
                ON inviter.reference = 'referral:' || rewards.invited || ':inviter'
            LEFT JOIN transfers AS invited
                ON invited.reference = 'referral:' || rewards.invited || ':invited'
            WHERE payments.id IS NULL OR COALESCE(payments.user_id, '') <> rewards.invited
               OR rewards.inviter = rewards.invited
               OR COALESCE(inviter.credits, 0) <> rewards.credits_inviter
               OR COALESCE(invited.credits, 0) <> rewards.credits_invited
            ORDER BY rewards.invited LIMIT $1",
    },
    Rule {
        says: "a promo code was entered as often as it says, and no more than it may",
        broken_by: "
            SELECT promos.bot_id || ' -> ' || promos.code,
                   'counted ' || CAST(promos.uses AS TEXT) || ', entered '
                   || CAST(COALESCE(entered.count, 0) AS TEXT)
            FROM promos LEFT JOIN (
                SELECT bot_id, code, COUNT(*) AS count FROM promo_uses GROUP BY bot_id, code
            ) AS entered ON entered.bot_id = promos.bot_id AND entered.code = promos.code
            WHERE promos.uses <> COALESCE(entered.count, 0) OR promos.uses_max < promos.uses
            ORDER BY promos.bot_id, promos.code LIMIT $1",
    },
    Rule {
        says: "a plan that runs has a first payment",
        broken_by: "
            SELECT subscriptions.user_id || ' -> ' || subscriptions.id,
                   'plan ' || subscriptions.state
            FROM subscriptions
            WHERE subscriptions.state IN ('active', 'stopping', 'unpaid')
              AND subscriptions.until IS NULL
            ORDER BY subscriptions.id LIMIT $1",
    },
];
