-- Talking videos: speeches, changed faces and videos are generations, too.

-- Only pictures have an avatar, and only edits a preset. A check can't be changed in both databases,
-- so the two tables are written anew.
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
    -- Of what belongs to videos, JSON: what it is made of, without the words. NULL once forgotten.
    making TEXT,
    -- Of a video: whose work it is now, and what the one before has given (an object).
    stage TEXT CHECK (stage IN ('lips', 'matte', 'montage')),
    raw_object TEXT REFERENCES objects (id),
    -- What was ordered together: the first of them.
    batch TEXT,
    -- The customer's own words, and all that the model is told. Empty once they are forgotten.
    words TEXT NOT NULL,
    prompt TEXT NOT NULL,
    aspect TEXT NOT NULL,
    count BIGINT NOT NULL CHECK (1 <= count AND count <= 4),
    -- The picture model, the workflow of the edit, or what else the time is guessed by.
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
    CHECK ((avatar_id IS NULL) = (product <> 'picture')),
    CHECK ((preset IS NULL) = (product <> 'edit')),
    CHECK ((stage IS NULL) = (product <> 'video')),
    CHECK (making IS NULL OR product IN ('character', 'speech', 'video')),
    CHECK ((preset IS NULL) = (preset_version IS NULL)),
    CHECK ((preset IS NULL) = (inputs IS NULL))
);
INSERT INTO generations_new (
        id, user_id, bot_id, product, avatar_id, style, style_version, words, prompt, aspect, count,
        model, seed, source_artifact, strength_percent, repeats, state, credits, each, hold_id,
        provider, workflow, tried, intent_at, run, run_id, percent, queue_place, cancel_asked_at,
        fault, cost_micros, calls, attempts, made, withheld, created_at, started_at, deadline_at,
        ended_at, late_at, preset, preset_version, inputs)
    SELECT id, user_id, bot_id, product, avatar_id, style, style_version, words, prompt, aspect,
        count, model, seed, source_artifact, strength_percent, repeats, state, credits, each,
        hold_id, provider, workflow, tried, intent_at, run, run_id, percent, queue_place,
        cancel_asked_at, fault, cost_micros, calls, attempts, made, withheld, created_at, started_at,
        deadline_at, ended_at, late_at, preset, preset_version, inputs
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
    -- Of a sound or a video.
    duration_ms BIGINT,
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
    CHECK ((avatar_id IS NULL) = (product <> 'picture')),
    CHECK ((duration_ms IS NULL) = (product NOT IN ('speech', 'video')))
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

-- Videos that were ordered together.
CREATE INDEX generations_of_batch ON generations (batch) WHERE batch IS NOT NULL;

-- A clip that is to be behind somebody is taken in as photos are.
ALTER TABLE inputs ADD COLUMN kind TEXT NOT NULL DEFAULT 'photo';
-- Of a clip.
ALTER TABLE inputs ADD COLUMN duration_ms BIGINT;

-- Words of a model may be for a script as well as for a picture.
ALTER TABLE hints ADD COLUMN is_script BIGINT NOT NULL DEFAULT 0;

-- The voices of a provider, as far as its list was read. What the catalog sells is there, too: with
-- `gone_at` it isn't any more.
CREATE TABLE voices (
    provider TEXT NOT NULL,
    -- By the provider's id.
    voice TEXT NOT NULL,
    name TEXT NOT NULL,
    gender TEXT,
    about TEXT NOT NULL,
    -- Where the provider has a sample. Read by us alone; never shown.
    preview_url TEXT,
    seen_at BIGINT NOT NULL,
    gone_at BIGINT,
    PRIMARY KEY (provider, voice)
);
