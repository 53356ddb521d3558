-- Edits of photos: by presets, on the operator's own GPUs or by somebody else's model.

-- Generations and what came of them may be without an avatar from now on. A column can't lose its
-- NOT NULL in both databases, so the two tables are written anew.
CREATE TABLE generations_new (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    product TEXT NOT NULL,
    -- Of a picture.
    avatar_id TEXT REFERENCES avatars (id),
    style TEXT,
    style_version BIGINT,
    -- Of an edit.
    preset TEXT,
    preset_version BIGINT,
    -- Of an edit, JSON: the ids of its photos, in their order.
    inputs TEXT,
    -- The customer's own words, and all that the model is told. Empty once they are forgotten.
    words TEXT NOT NULL,
    prompt TEXT NOT NULL,
    aspect TEXT NOT NULL,
    count BIGINT NOT NULL CHECK (1 <= count AND count <= 4),
    -- The picture model, or the workflow of the edit: by it the time is guessed.
    model TEXT NOT NULL,
    seed BIGINT NOT NULL,
    -- The artifact that it begins from, and how far it may be from it.
    source_artifact TEXT,
    strength_percent BIGINT,
    -- The generation that is made once more, or varied.
    repeats TEXT REFERENCES generations_new (id),
    state TEXT NOT NULL
        CHECK (state IN ('PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED')),
    -- The quoted price of all, and that of one.
    credits BIGINT NOT NULL CHECK (0 <= credits),
    each BIGINT NOT NULL CHECK (0 <= each),
    hold_id TEXT NOT NULL UNIQUE REFERENCES holds (id),
    provider TEXT NOT NULL,
    workflow TEXT NOT NULL,
    tried TEXT NOT NULL,
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
    -- How many were kept, and how many a safety check kept back.
    made BIGINT NOT NULL CHECK (0 <= made),
    withheld BIGINT NOT NULL CHECK (0 <= withheld),
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    deadline_at BIGINT,
    ended_at BIGINT,
    late_at BIGINT,
    UNIQUE (provider, run_id),
    CHECK ((ended_at IS NULL) = (state IN ('PENDING', 'PROCESSING'))),
    CHECK (state <> 'FAILED' OR fault IS NOT NULL),
    CHECK (made + withheld <= count),
    CHECK ((source_artifact IS NULL) = (strength_percent IS NULL)),
    CHECK ((avatar_id IS NULL) = (product = 'edit')),
    CHECK ((preset IS NULL) = (product <> 'edit')),
    CHECK ((preset IS NULL) = (preset_version IS NULL)),
    CHECK ((preset IS NULL) = (inputs IS NULL))
);
INSERT INTO generations_new (
        id, user_id, bot_id, product, avatar_id, style, style_version, words, prompt, aspect, count,
        model, seed, source_artifact, strength_percent, repeats, state, credits, each, hold_id,
        provider, workflow, tried, intent_at, run, run_id, percent, queue_place, cancel_asked_at,
        fault, cost_micros, calls, attempts, made, withheld, created_at, started_at, deadline_at,
        ended_at, late_at)
    SELECT id, user_id, bot_id, product, avatar_id, style, style_version, words, prompt, aspect,
        count, model, seed, source_artifact, strength_percent, repeats, state, credits, each,
        hold_id, provider, workflow, tried, intent_at, run, run_id, percent, queue_place,
        cancel_asked_at, fault, cost_micros, calls, attempts, made, withheld, created_at, started_at,
        deadline_at, ended_at, late_at
    FROM generations ORDER BY id;

CREATE TABLE artifacts_new (
    id TEXT PRIMARY KEY,
    generation_id TEXT NOT NULL REFERENCES generations_new (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    -- Of a picture.
    avatar_id TEXT REFERENCES avatars (id),
    product TEXT NOT NULL,
    -- Its place among those of its generation, from 1.
    number BIGINT NOT NULL CHECK (1 <= number),
    object_id TEXT NOT NULL UNIQUE REFERENCES objects (id),
    thumbnail_object TEXT NOT NULL UNIQUE REFERENCES objects (id),
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    seed BIGINT NOT NULL,
    -- Whose favourite it is: its owner's, or nobody's.
    favourite_of TEXT CHECK (favourite_of = user_id),
    -- By which the messenger sends it again: as a picture, and as the file itself.
    file_id TEXT,
    document_file_id TEXT,
    -- None for a favourite: it stays.
    delete_after BIGINT,
    -- When its owner was told that it will go.
    noticed_at BIGINT,
    deleted_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (generation_id, number),
    CHECK (favourite_of IS NULL OR delete_after IS NULL),
    CHECK ((avatar_id IS NULL) = (product = 'edit'))
);
INSERT INTO artifacts_new (
        id, generation_id, user_id, bot_id, avatar_id, product, number, object_id,
        thumbnail_object, width, height, seed, favourite_of, file_id, document_file_id,
        delete_after, noticed_at, deleted_at, created_at)
    SELECT id, generation_id, user_id, bot_id, avatar_id, product, number, object_id,
        thumbnail_object, width, height, seed, favourite_of, file_id, document_file_id,
        delete_after, noticed_at, deleted_at, created_at
    FROM artifacts;

DROP TABLE artifacts;
DROP TABLE generations;
ALTER TABLE generations_new RENAME TO generations;
ALTER TABLE artifacts_new RENAME TO artifacts;

CREATE INDEX generations_of_user ON generations (user_id, id);
CREATE INDEX generations_of_avatar ON generations (avatar_id);
CREATE INDEX generations_open ON generations (user_id, id) WHERE ended_at IS NULL;
-- Our own queue: those that nobody else has yet.
CREATE INDEX generations_waiting ON generations (id)
    WHERE state = 'PENDING' AND intent_at IS NULL;
CREATE INDEX generations_withheld ON generations (user_id, ended_at) WHERE 0 < withheld;
CREATE INDEX generations_made ON generations (model, ended_at) WHERE state = 'SUCCEEDED';
-- How a version of a preset does.
CREATE INDEX generations_of_preset ON generations (preset, preset_version, created_at)
    WHERE preset IS NOT NULL;

-- The gallery: a page is a walk along one of these, and so is a count. Each begins with a column of
-- its own, so that nobody has to guess which one is meant, and ends with all that a count asks for.
CREATE INDEX artifacts_of_user ON artifacts (user_id, created_at, id, product, deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX artifacts_of_avatar ON artifacts (avatar_id, created_at, id, product, deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX artifacts_favourite
    ON artifacts (favourite_of, created_at, id, product, avatar_id, deleted_at)
    WHERE deleted_at IS NULL AND favourite_of IS NOT NULL;
CREATE INDEX artifacts_expiring ON artifacts (delete_after, user_id, bot_id)
    WHERE deleted_at IS NULL AND noticed_at IS NULL AND delete_after IS NOT NULL;

-- Photos that are to be edited: taken in before anything is charged.
CREATE TABLE inputs (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    -- By which the messenger gives its bytes; none for what is ours already.
    file_id TEXT,
    -- None while it is looked at, and for what can't be used.
    object_id TEXT REFERENCES objects (id),
    width BIGINT,
    height BIGINT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'unusable')),
    created_at BIGINT NOT NULL,
    CHECK ((state = 'ready') = (object_id IS NOT NULL)),
    CHECK ((object_id IS NULL) = (width IS NULL)),
    CHECK ((object_id IS NULL) = (height IS NULL))
);
CREATE INDEX inputs_of_user ON inputs (user_id, created_at);

-- What the operator's own GPUs do, or have done.
CREATE TABLE gpu_runs (
    id TEXT PRIMARY KEY,
    -- Its place in the queue, and the lease of whoever has it.
    job_id TEXT NOT NULL UNIQUE,
    -- The generation it is for.
    work_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    -- Which workflow it runs, and with what: JSON, as a worker gets it. Emptied at the end.
    workflow TEXT NOT NULL,
    filled TEXT NOT NULL,
    -- JSON: the ids of the photos' objects, in their order.
    photos TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'failed', 'canceled')),
    stop_asked_at BIGINT,
    -- Who had it last, and since when.
    worker TEXT,
    started_at BIGINT,
    percent BIGINT,
    -- JSON: the files that came, in the store.
    result TEXT,
    fault TEXT,
    -- For owners and logs: never a path, a prompt or an address.
    reason TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((state = 'done') = (result IS NOT NULL)),
    CHECK ((state = 'failed') = (fault IS NOT NULL))
);
CREATE INDEX gpu_runs_of_work ON gpu_runs (work_id, id);

-- What an operator said of a preset's versions, over what the catalog says.
CREATE TABLE preset_shares (
    preset TEXT NOT NULL,
    version BIGINT NOT NULL,
    share_percent BIGINT NOT NULL CHECK (0 <= share_percent AND share_percent <= 100),
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (preset, version)
);

-- Tokens of GPU workers that stand elsewhere.
CREATE TABLE worker_tokens (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
