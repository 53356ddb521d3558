-- Money: what is sold for it, what came, what went back, and what gives credits beside it.
-- Amounts are in minor units (kopecks, tiyn, whole Stars) beside their currency.

-- Where receipts go: none until it is asked for.
ALTER TABLE users ADD COLUMN contact TEXT;
-- What a link promised somebody who hasn't agreed to the terms yet: a code or a gift.
ALTER TABLE users ADD COLUMN promised TEXT;
CREATE INDEX users_by_inviter ON users (invited_by) WHERE invited_by IS NOT NULL;

CREATE TABLE subscriptions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    pack TEXT NOT NULL,
    method TEXT NOT NULL,
    -- What a period costs and gives, as it was agreed to.
    minor BIGINT NOT NULL CHECK (0 < minor),
    currency TEXT NOT NULL,
    credits BIGINT NOT NULL CHECK (0 < credits),
    bonus BIGINT NOT NULL CHECK (0 <= bonus),
    period_days BIGINT NOT NULL CHECK (0 < period_days),
    state TEXT NOT NULL CHECK (state IN ('new', 'active', 'stopping', 'unpaid', 'ended')),
    -- Until when it is paid for.
    until BIGINT,
    -- When it is to be looked at next: to announce a charge, to charge, to end.
    next_at BIGINT,
    -- How often the charge for the next period was tried.
    tries BIGINT NOT NULL,
    -- What the payment system may charge, by its name there; none once it is unlinked.
    saved_method TEXT,
    saved_title TEXT,
    -- The latest charge by Stars, by which Telegram knows the subscription.
    charge_id TEXT,
    ended_why TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
-- A person has one plan at a time.
CREATE UNIQUE INDEX subscriptions_open ON subscriptions (user_id)
    WHERE state IN ('active', 'stopping', 'unpaid');
CREATE INDEX subscriptions_due ON subscriptions (next_at)
    WHERE next_at IS NOT NULL AND state IN ('active', 'stopping', 'unpaid');

CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    pack TEXT NOT NULL,
    method TEXT NOT NULL,
    -- Who takes the money: `stars`, or the name of a payment system.
    gateway TEXT NOT NULL,
    minor BIGINT NOT NULL CHECK (0 < minor),
    currency TEXT NOT NULL,
    credits BIGINT NOT NULL CHECK (0 < credits),
    bonus BIGINT NOT NULL CHECK (0 <= bonus),
    -- The code whose discount or bonus is in it.
    promo TEXT,
    subscription_id TEXT REFERENCES subscriptions (id),
    -- Whether it is a later period of a plan, charged without the customer.
    is_renewal BIGINT NOT NULL CHECK (is_renewal IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('open', 'paid', 'declined', 'expired', 'refunded')),
    -- The key under which the payment is made, written before the first try, and when that was.
    idempotence_key TEXT NOT NULL UNIQUE,
    asked_at BIGINT,
    -- The payment's id there, and where the customer pays.
    payment TEXT,
    link TEXT,
    declined TEXT,
    -- How often it was asked about.
    looks BIGINT NOT NULL,
    -- The place that the chat goes back to once the credits are there.
    resume TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX orders_of_user ON orders (user_id, created_at);
CREATE INDEX orders_by_payment ON orders (gateway, payment) WHERE payment IS NOT NULL;
CREATE INDEX orders_open ON orders (created_at) WHERE state = 'open';

CREATE TABLE payments (
    id TEXT PRIMARY KEY,
    gateway TEXT NOT NULL,
    -- Its id there: the payment's, or Telegram's charge id.
    their_id TEXT NOT NULL,
    bot_id TEXT NOT NULL REFERENCES bots (id),
    -- None when it fits no order of ours.
    order_id TEXT REFERENCES orders (id),
    user_id TEXT REFERENCES users (id),
    -- Who has paid at Telegram, for Stars that are to be given back. None once they are forgotten.
    payer BIGINT,
    minor BIGINT NOT NULL CHECK (0 < minor),
    currency TEXT NOT NULL,
    -- What was put into the wallet for it: nothing while it is parked.
    credits BIGINT NOT NULL CHECK (0 <= credits),
    bonus BIGINT NOT NULL CHECK (0 <= bonus),
    state TEXT NOT NULL CHECK (state IN ('credited', 'parked', 'refunded')),
    refunded BIGINT NOT NULL CHECK (0 <= refunded AND refunded <= minor),
    -- Credits that should have come back with the money and were spent.
    owed BIGINT NOT NULL CHECK (0 <= owed),
    why_parked TEXT,
    paid_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (gateway, their_id),
    CHECK ((state = 'parked') = (credits = 0)),
    CHECK (state = 'parked' OR order_id IS NOT NULL)
);
CREATE INDEX payments_of_user ON payments (user_id, created_at);
CREATE INDEX payments_of_order ON payments (order_id);
CREATE INDEX payments_by_age ON payments (created_at);

CREATE TABLE refunds (
    id TEXT PRIMARY KEY,
    payment_id TEXT NOT NULL REFERENCES payments (id),
    gateway TEXT NOT NULL,
    their_id TEXT,
    minor BIGINT NOT NULL CHECK (0 < minor),
    -- What is taken for it; held until the money has gone. None for one that came from outside.
    credits BIGINT NOT NULL CHECK (0 <= credits),
    hold_id TEXT UNIQUE REFERENCES holds (id),
    state TEXT NOT NULL CHECK (state IN ('asked', 'pending', 'succeeded', 'failed')),
    idempotence_key TEXT NOT NULL UNIQUE,
    asked_at BIGINT,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    CHECK ((ended_at IS NULL) = (state IN ('asked', 'pending')))
);
CREATE UNIQUE INDEX refunds_by_their_id ON refunds (gateway, their_id) WHERE their_id IS NOT NULL;
CREATE INDEX refunds_of_payment ON refunds (payment_id);

-- Promo codes, per bot. Limits are counted when a code is entered.
CREATE TABLE promos (
    bot_id TEXT NOT NULL REFERENCES bots (id),
    code TEXT NOT NULL,
    effect TEXT NOT NULL,
    uses_max BIGINT CHECK (0 < uses_max),
    uses BIGINT NOT NULL CHECK (0 <= uses AND (uses_max IS NULL OR uses <= uses_max)),
    expires_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (bot_id, code)
);

CREATE TABLE promo_uses (
    bot_id TEXT NOT NULL,
    code TEXT NOT NULL,
    -- A keyed hash of the person, so that it outlives /delete_me and names nobody.
    mark TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    -- `ready` waits for the next pack; `used` has done what it does.
    state TEXT NOT NULL CHECK (state IN ('ready', 'used')),
    order_id TEXT REFERENCES orders (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (bot_id, code, mark),
    FOREIGN KEY (bot_id, code) REFERENCES promos (bot_id, code)
);
CREATE INDEX promo_uses_ready ON promo_uses (user_id) WHERE state = 'ready';

-- Whoever was invited and has paid: rewarded once.
CREATE TABLE rewards (
    invited TEXT PRIMARY KEY REFERENCES users (id),
    inviter TEXT NOT NULL REFERENCES users (id),
    payment_id TEXT NOT NULL REFERENCES payments (id),
    credits_inviter BIGINT NOT NULL CHECK (0 <= credits_inviter),
    credits_invited BIGINT NOT NULL CHECK (0 <= credits_invited),
    at BIGINT NOT NULL
);
CREATE INDEX rewards_of_inviter ON rewards (inviter);

-- Credits for whoever opens a link first. They are held until then.
CREATE TABLE gifts (
    id TEXT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    giver TEXT NOT NULL REFERENCES users (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    credits BIGINT NOT NULL CHECK (0 < credits),
    hold_id TEXT NOT NULL UNIQUE REFERENCES holds (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'opened', 'returned')),
    friend TEXT REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    CHECK ((state = 'opened') = (friend IS NOT NULL)),
    CHECK ((state = 'open') = (ended_at IS NULL))
);
CREATE INDEX gifts_of_giver ON gifts (giver, created_at);
CREATE INDEX gifts_due ON gifts (expires_at) WHERE state = 'open';

-- How often somebody has tried something that is to be guessed, by hour: promo and gift codes.
CREATE TABLE tries (
    user_id TEXT NOT NULL REFERENCES users (id),
    what TEXT NOT NULL,
    hour BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (user_id, what, hour)
);

-- What things cost when the program was last started, to see slips of the hand.
CREATE TABLE prices (
    name TEXT PRIMARY KEY,
    amount BIGINT NOT NULL,
    at BIGINT NOT NULL
);

-- What owners and operators did to customers' money and access: who, to whom, why.
CREATE TABLE deeds (
    id TEXT PRIMARY KEY,
    actor TEXT NOT NULL,
    deed TEXT NOT NULL,
    user_id TEXT REFERENCES users (id),
    detail TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX deeds_of_user ON deeds (user_id, at);
