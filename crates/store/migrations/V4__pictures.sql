-- Pictures that are made with an avatar, what is kept of them, and whoever else makes them.

-- Of somebody with very many files, a page at a time is looked at.
DROP INDEX objects_of_user;
CREATE INDEX objects_of_user ON objects (user_id, id) WHERE deleted_at IS NULL;

-- Work may be given to another provider. Those that had it before, by name, joined by commas.
ALTER TABLE trainings ADD COLUMN tried TEXT NOT NULL DEFAULT '';

-- Runs that work has left behind: whoever speaks of one late still finds the work.
CREATE TABLE past_runs (
    provider TEXT NOT NULL,
    run_id TEXT NOT NULL,
    work_id TEXT NOT NULL,
    -- Since when the provider had it.
    at BIGINT NOT NULL,
    PRIMARY KEY (provider, run_id)
);

-- With whom `remote_model` stays. Until now there was one who keeps models.
ALTER TABLE avatars ADD COLUMN remote_provider TEXT;
UPDATE avatars SET remote_provider = 'fal' WHERE remote_model IS NOT NULL;

-- Providers are asked for more than trainings, so a call names its work without a reference.
CREATE TABLE calls_of_work (
    work_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    provider TEXT NOT NULL,
    call TEXT NOT NULL,
    outcome TEXT NOT NULL,
    cost_micros BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (work_id, number)
);
INSERT INTO calls_of_work (work_id, number, provider, call, outcome, cost_micros, at)
    SELECT training_id, number, provider, call, outcome, cost_micros, at FROM provider_calls;
DROP TABLE provider_calls;
ALTER TABLE calls_of_work RENAME TO provider_calls;
CREATE INDEX provider_calls_paid ON provider_calls (at) WHERE cost_micros <> 0;

CREATE TABLE generations (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    product TEXT NOT NULL,
    avatar_id TEXT NOT NULL REFERENCES avatars (id),
    style TEXT,
    style_version BIGINT,
    -- The customer's own words, and all that the model is told. Empty once they are forgotten.
    words TEXT NOT NULL,
    prompt TEXT NOT NULL,
    aspect TEXT NOT NULL,
    count BIGINT NOT NULL CHECK (1 <= count AND count <= 4),
    model TEXT NOT NULL,
    seed BIGINT NOT NULL,
    -- The artifact that it begins from, and how far it may be from it.
    source_artifact TEXT,
    strength_percent BIGINT,
    -- The generation that is made once more, or varied.
    repeats TEXT REFERENCES generations (id),
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
    CHECK ((source_artifact IS NULL) = (strength_percent IS NULL))
);
CREATE INDEX generations_of_user ON generations (user_id, id);
CREATE INDEX generations_of_avatar ON generations (avatar_id);
CREATE INDEX generations_open ON generations (user_id, id) WHERE ended_at IS NULL;
-- Our own queue: those that nobody else has yet.
CREATE INDEX generations_waiting ON generations (id)
    WHERE state = 'PENDING' AND intent_at IS NULL;
CREATE INDEX generations_withheld ON generations (user_id, ended_at) WHERE 0 < withheld;
CREATE INDEX generations_made ON generations (model, ended_at) WHERE state = 'SUCCEEDED';

CREATE TABLE artifacts (
    id TEXT PRIMARY KEY,
    generation_id TEXT NOT NULL REFERENCES generations (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    avatar_id TEXT NOT NULL REFERENCES avatars (id),
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
    CHECK (favourite_of IS NULL OR delete_after IS NULL)
);
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

-- Words that a model was asked for: what a photo shows, or a better wording. They cost nothing.
CREATE TABLE hints (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    kind TEXT NOT NULL CHECK (kind IN ('photo', 'words')),
    -- The photo, by which the messenger gives its bytes.
    file_id TEXT,
    words TEXT,
    language TEXT NOT NULL,
    result TEXT,
    state TEXT NOT NULL
        CHECK (state IN ('PENDING', 'PROCESSING', 'SUCCEEDED', 'FAILED', 'CANCELED')),
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
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    deadline_at BIGINT,
    ended_at BIGINT,
    late_at BIGINT,
    UNIQUE (provider, run_id),
    CHECK ((ended_at IS NULL) = (state IN ('PENDING', 'PROCESSING'))),
    CHECK (state <> 'FAILED' OR fault IS NOT NULL)
);
CREATE INDEX hints_of_user ON hints (user_id, created_at);

-- Results that are put into one archive.
CREATE TABLE packings (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    -- JSON: their ids, in the order that was asked for.
    artifacts TEXT NOT NULL,
    object_id TEXT REFERENCES objects (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'failed')),
    bytes BIGINT NOT NULL CHECK (0 <= bytes),
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((state = 'done') = (object_id IS NOT NULL))
);
CREATE INDEX packings_of_user ON packings (user_id, created_at);

-- Where a provider can read a stored object, until when.
CREATE TABLE uploads (
    object_id TEXT NOT NULL REFERENCES objects (id),
    provider TEXT NOT NULL,
    url TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (object_id, provider)
);
