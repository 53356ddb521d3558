-- What customers and those who answer for a bot write to each other, and how customers like what
-- was made for them.

CREATE TABLE feedback (
    id TEXT PRIMARY KEY,
    -- The customer, whoever of the two wrote it.
    user_id TEXT NOT NULL REFERENCES users (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    is_answer BIGINT NOT NULL CHECK (is_answer IN (0, 1)),
    -- What it answers.
    follows TEXT REFERENCES feedback (id),
    -- Empty once the customer is forgotten, as is the file. That something was written stays.
    words TEXT NOT NULL,
    file_kind TEXT,
    file_id TEXT,
    -- Of an answer: where it was written, so that it can be pointed at.
    telegram_chat BIGINT,
    message_id BIGINT,
    created_at BIGINT NOT NULL,
    CHECK ((file_kind IS NULL) = (file_id IS NULL)),
    CHECK ((telegram_chat IS NULL) = (message_id IS NULL)),
    CHECK ((is_answer = 1) = (message_id IS NOT NULL))
);
CREATE INDEX feedback_of_user ON feedback (user_id, id);

-- What those who answer for a bot are shown, and what became of it: as with `tells`, nothing is
-- sent twice that may have arrived.
CREATE TABLE posts (
    id TEXT PRIMARY KEY,
    feedback_id TEXT NOT NULL REFERENCES feedback (id),
    bot_id TEXT NOT NULL REFERENCES bots (id),
    telegram_chat BIGINT NOT NULL,
    -- What it says: the customer's words, or what became of an answer.
    says TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'unknown', 'refused')),
    message_id BIGINT,
    attempts BIGINT NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    UNIQUE (feedback_id, telegram_chat, says),
    UNIQUE (bot_id, telegram_chat, message_id),
    CHECK ((ended_at IS NULL) = (state IN ('waiting', 'sending')))
);
CREATE INDEX posts_open ON posts (bot_id, telegram_chat, id) WHERE ended_at IS NULL;

CREATE TABLE ratings (
    generation_id TEXT NOT NULL REFERENCES generations (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    is_good BIGINT NOT NULL CHECK (is_good IN (0, 1)),
    rated_at BIGINT NOT NULL,
    PRIMARY KEY (generation_id, user_id)
);
CREATE INDEX ratings_at ON ratings (rated_at);
