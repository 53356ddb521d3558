-- Other programs: the keys they come with, what they asked for, and where they want to be called.

-- How another program calls a user that it brought.
ALTER TABLE users ADD COLUMN external_id TEXT;
CREATE UNIQUE INDEX users_external ON users (bot_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX users_of_bot_by_id ON users (bot_id, id);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    bot_id TEXT NOT NULL REFERENCES bots (id),
    -- NULL: all users of the bot.
    user_id TEXT REFERENCES users (id),
    name TEXT NOT NULL,
    -- Words with blanks between.
    scopes TEXT NOT NULL,
    -- The secret's beginning, by which it is found, and SHA-256 of all of it.
    start TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    -- The key that this one took the place of.
    replaces TEXT REFERENCES api_keys (id),
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    -- From when on it is refused.
    revoked_at BIGINT
);
CREATE INDEX api_keys_by_start ON api_keys (start);

-- What was asked for under a key of the caller's choice, and what was answered.
CREATE TABLE api_requests (
    key_id TEXT NOT NULL REFERENCES api_keys (id),
    name TEXT NOT NULL,
    -- Method and path.
    route TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    -- NULL while it is being worked on.
    code BIGINT,
    answer TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (key_id, name),
    CHECK ((code IS NULL) = (answer IS NULL))
);
CREATE INDEX api_requests_by_age ON api_requests (created_at);

CREATE TABLE endpoints (
    id TEXT PRIMARY KEY,
    bot_id TEXT NOT NULL REFERENCES bots (id),
    -- NULL: what happens to any user of the bot.
    user_id TEXT REFERENCES users (id),
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    -- Words with blanks between.
    events TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Nothing is sent there any more, and why.
    disabled_at BIGINT,
    disabled_reason TEXT,
    deleted_at BIGINT
);
CREATE INDEX endpoints_of_bot ON endpoints (bot_id, id) WHERE deleted_at IS NULL;

CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    endpoint_id TEXT NOT NULL REFERENCES endpoints (id),
    event_id TEXT NOT NULL,
    event TEXT NOT NULL,
    -- 0 is the first; what is brought again on request counts from there.
    replay BIGINT NOT NULL CHECK (0 <= replay),
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'canceled')),
    attempts BIGINT NOT NULL,
    last_code BIGINT,
    last_error TEXT,
    next_at BIGINT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    UNIQUE (endpoint_id, event_id, replay),
    CHECK ((state = 'waiting') = (ended_at IS NULL))
);
CREATE INDEX deliveries_of_endpoint ON deliveries (endpoint_id, id);
CREATE INDEX deliveries_by_age ON deliveries (created_at);

-- The API walks along these in the order of ids.
CREATE INDEX avatars_by_id ON avatars (user_id, id) WHERE deleted_at IS NULL;
CREATE INDEX trainings_by_id ON trainings (user_id, id);
CREATE INDEX payments_by_id ON payments (user_id, id);
