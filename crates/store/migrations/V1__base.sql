-- The whole schema of the first version, in the dialect that both databases take: TEXT and BIGINT
-- alone. Moments are milliseconds since 1970 (UTC), flags are 0 or 1, JSON is TEXT.
-- Once released, this file never changes: whatever is needed later is a new file.

-- People and bots.

CREATE TABLE bots (
    id TEXT PRIMARY KEY,
    telegram_id BIGINT NOT NULL UNIQUE,
    username TEXT NOT NULL,
    -- Which token it is, never the token itself.
    token_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'paused')),
    paused_reason TEXT,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    bot_id TEXT NOT NULL REFERENCES bots (id),
    -- NULL once the person asked to be forgotten.
    telegram_id BIGINT,
    first_name TEXT NOT NULL,
    language TEXT NOT NULL,
    consented_at BIGINT,
    consented_version TEXT,
    -- What the first /start carried. The first touch stays.
    origin TEXT,
    invited_by TEXT REFERENCES users (id),
    state TEXT NOT NULL CHECK (state IN ('active', 'banned', 'forgotten')),
    -- Since when the messenger says that they don't want to hear from us.
    blocked_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (bot_id, telegram_id)
);

-- Who had the welcome gift: a keyed hash, so that it outlives /delete_me and names nobody.
CREATE TABLE welcomes (
    bot_id TEXT NOT NULL REFERENCES bots (id),
    mark TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (bot_id, mark)
);

CREATE TABLE chats (
    id TEXT PRIMARY KEY,
    bot_id TEXT NOT NULL REFERENCES bots (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    telegram_chat BIGINT NOT NULL,
    place TEXT NOT NULL,
    version BIGINT NOT NULL,
    -- The version that the customer has seen. Less than `version`: the view is to be drawn.
    shown_version BIGINT NOT NULL,
    notice TEXT,
    menu_message BIGINT,
    menu_kind TEXT,
    last_message BIGINT,
    updated_at BIGINT NOT NULL,
    UNIQUE (bot_id, telegram_chat)
);
CREATE INDEX chats_of_user ON chats (user_id);
CREATE INDEX chats_lagging ON chats (updated_at) WHERE shown_version < version;

CREATE TABLE updates (
    bot_id TEXT NOT NULL,
    update_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (bot_id, update_id)
);
CREATE INDEX updates_by_age ON updates (at);

-- Credits. Wallets have a counter; platform accounts are the sum of their transfers.

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    posted BIGINT NOT NULL CHECK (0 <= posted),
    held BIGINT NOT NULL CHECK (0 <= held AND held <= posted),
    -- How many transfers it has had: the number of the latest line of its statement.
    lines BIGINT NOT NULL,
    opened_at BIGINT NOT NULL
);

CREATE TABLE transfers (
    reference TEXT PRIMARY KEY,
    payer TEXT NOT NULL,
    payee TEXT NOT NULL,
    -- The one of the two that is a wallet, and the place in its statement.
    wallet TEXT NOT NULL REFERENCES accounts (id),
    line BIGINT NOT NULL,
    credits BIGINT NOT NULL CHECK (0 < credits),
    kind TEXT NOT NULL CHECK (kind IN ('bonus', 'bought', 'spent', 'taken', 'expired')),
    reason TEXT NOT NULL CHECK (reason <> ''),
    actor TEXT NOT NULL CHECK (actor <> ''),
    cause TEXT,
    at BIGINT NOT NULL,
    CHECK (payer <> payee),
    CHECK (wallet = payer OR wallet = payee),
    UNIQUE (wallet, line)
);

CREATE TABLE grants (
    -- The transfer by which the credits came.
    reference TEXT PRIMARY KEY REFERENCES transfers (reference),
    wallet TEXT NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('bonus', 'bought')),
    credits BIGINT NOT NULL CHECK (0 < credits),
    remaining BIGINT NOT NULL CHECK (0 <= remaining AND remaining <= credits),
    expires_at BIGINT,
    granted_at BIGINT NOT NULL
);
CREATE INDEX grants_left ON grants (wallet) WHERE 0 < remaining;
CREATE INDEX grants_expiring ON grants (expires_at) WHERE 0 < remaining AND expires_at IS NOT NULL;

CREATE TABLE holds (
    id TEXT PRIMARY KEY,
    wallet TEXT NOT NULL REFERENCES accounts (id),
    credits BIGINT NOT NULL CHECK (0 <= credits),
    state TEXT NOT NULL CHECK (state IN ('open', 'captured', 'released')),
    captured BIGINT NOT NULL CHECK (0 <= captured AND captured <= credits),
    cause TEXT NOT NULL CHECK (cause <> ''),
    opened_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE INDEX holds_open ON holds (wallet) WHERE state = 'open';

-- What is done later.

CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    lane TEXT NOT NULL,
    kind TEXT NOT NULL,
    task TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'running', 'waiting', 'done', 'dead')),
    priority BIGINT NOT NULL,
    -- When somebody must look at it next; for a running job, the end of its lease.
    run_at BIGINT NOT NULL,
    -- What `run_at` was when it was last taken up.
    due_at BIGINT,
    attempts BIGINT NOT NULL,
    attempts_max BIGINT NOT NULL,
    worker TEXT,
    -- Which of its runs this is: only the latest may say how it ended.
    fence BIGINT NOT NULL,
    wake_key TEXT,
    woken BIGINT NOT NULL,
    unique_key TEXT,
    group_key TEXT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX jobs_unique ON jobs (unique_key)
    WHERE unique_key IS NOT NULL AND ended_at IS NULL;
CREATE INDEX jobs_due ON jobs (lane, priority DESC, run_at, id) WHERE ended_at IS NULL;
CREATE INDEX jobs_by_wake_key ON jobs (wake_key) WHERE wake_key IS NOT NULL AND ended_at IS NULL;
CREATE INDEX jobs_running ON jobs (group_key, lane) WHERE state = 'running';
CREATE INDEX jobs_dead ON jobs (ended_at) WHERE state = 'dead';
CREATE INDEX jobs_done ON jobs (ended_at) WHERE state = 'done';

CREATE TABLE crons (
    name TEXT PRIMARY KEY,
    period BIGINT NOT NULL
);

-- Stored bytes.

CREATE TABLE objects (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    bytes BIGINT NOT NULL CHECK (0 <= bytes),
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    content_type TEXT NOT NULL,
    user_id TEXT REFERENCES users (id),
    avatar_id TEXT,
    delete_after BIGINT,
    deleted_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX objects_of_user ON objects (user_id) WHERE deleted_at IS NULL;
CREATE INDEX objects_of_avatar ON objects (avatar_id) WHERE deleted_at IS NULL;
CREATE INDEX objects_due ON objects (delete_after)
    WHERE deleted_at IS NULL AND delete_after IS NOT NULL;

-- Avatars.

CREATE TABLE avatars (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    trigger_word TEXT NOT NULL UNIQUE CHECK (trigger_word <> ''),
    state TEXT NOT NULL,
    is_main BIGINT NOT NULL CHECK (is_main IN (0, 1)),
    -- How many numbers its photos have used up. Removed ones don't give theirs back.
    photos_numbered BIGINT NOT NULL,
    model_object TEXT REFERENCES objects (id),
    model_config_object TEXT REFERENCES objects (id),
    remote_model TEXT,
    deleted_at BIGINT,
    created_at BIGINT NOT NULL,
    completed_at BIGINT,
    -- An avatar is complete when its model is ours (or stays with the provider, by name).
    CHECK (state <> 'completed' OR model_object IS NOT NULL OR remote_model IS NOT NULL
        OR deleted_at IS NOT NULL)
);
CREATE INDEX avatars_of_user ON avatars (user_id, created_at);
CREATE UNIQUE INDEX avatars_main ON avatars (user_id) WHERE is_main = 1 AND deleted_at IS NULL;

CREATE TABLE photos (
    id TEXT PRIMARY KEY,
    avatar_id TEXT NOT NULL REFERENCES avatars (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    number BIGINT NOT NULL,
    file_id TEXT NOT NULL,
    unique_id TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    is_document BIGINT NOT NULL CHECK (is_document IN (0, 1)),
    album TEXT,
    message BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('taken', 'judged')),
    measures TEXT,
    verdicts TEXT,
    original_object TEXT REFERENCES objects (id),
    thumbnail_object TEXT REFERENCES objects (id),
    processed_object TEXT REFERENCES objects (id),
    removed_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (avatar_id, number),
    UNIQUE (avatar_id, message)
);

CREATE TABLE trainings (
    id TEXT PRIMARY KEY,
    avatar_id TEXT NOT NULL REFERENCES avatars (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    kind TEXT NOT NULL,
    quality TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED')),
    settings TEXT NOT NULL,
    credits BIGINT NOT NULL CHECK (0 <= credits),
    hold_id TEXT NOT NULL UNIQUE REFERENCES holds (id),
    provider TEXT NOT NULL,
    workflow TEXT NOT NULL,
    archive_object TEXT REFERENCES objects (id),
    archive_url TEXT,
    -- Written before the provider is asked, so that a crash in between is known to be one.
    intent_at BIGINT,
    run TEXT,
    run_id TEXT,
    percent BIGINT,
    queue_place BIGINT,
    cancel_asked_at BIGINT,
    fault TEXT,
    cost_micros BIGINT NOT NULL CHECK (0 <= cost_micros),
    calls BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    deadline_at BIGINT,
    ended_at BIGINT,
    -- When a result came although the training had ended without one.
    late_at BIGINT,
    UNIQUE (provider, run_id),
    CHECK ((ended_at IS NULL) = (state IN ('PENDING', 'PROCESSING'))),
    CHECK (state <> 'FAILED' OR fault IS NOT NULL)
);
CREATE INDEX trainings_of_user ON trainings (user_id, created_at);
CREATE INDEX trainings_of_avatar ON trainings (avatar_id, created_at);
CREATE UNIQUE INDEX trainings_open ON trainings (avatar_id) WHERE ended_at IS NULL;

CREATE TABLE provider_calls (
    training_id TEXT NOT NULL REFERENCES trainings (id),
    number BIGINT NOT NULL,
    provider TEXT NOT NULL,
    call TEXT NOT NULL,
    outcome TEXT NOT NULL,
    cost_micros BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (training_id, number)
);

-- What providers said to us unasked. It proves nothing; it only says where to look.
CREATE TABLE webhooks (
    provider TEXT NOT NULL,
    run_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    count BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (provider, run_id, outcome)
);
CREATE INDEX webhooks_by_age ON webhooks (last_at);

-- What users are to be told for certain, and whether they were.
CREATE TABLE tells (
    id TEXT PRIMARY KEY,
    chat_id TEXT NOT NULL REFERENCES chats (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    news TEXT NOT NULL,
    -- The id of what it tells about.
    about TEXT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'unknown', 'refused')),
    dedupe_key TEXT NOT NULL UNIQUE,
    message_ids TEXT,
    file_id TEXT,
    attempts BIGINT NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX tells_about ON tells (about) WHERE about IS NOT NULL;
CREATE INDEX tells_of_user ON tells (user_id, created_at);
CREATE INDEX tells_open ON tells (created_at) WHERE ended_at IS NULL;

-- What a person must look at.
CREATE TABLE attention (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    evidence TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (kind, subject, created_at)
);
CREATE UNIQUE INDEX attention_open ON attention (kind, subject) WHERE closed_at IS NULL;
