-- A queue in which customers take turns, jobs that not everybody can do, and those who do them.

-- Within a lane and a priority, a lower turn goes first.
ALTER TABLE jobs ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
-- What `turn` was when it was last taken up: the largest says how far the lane has come.
ALTER TABLE jobs ADD COLUMN taken_turn BIGINT;
-- What a worker must be able to do; empty: nothing in particular.
ALTER TABLE jobs ADD COLUMN needs TEXT NOT NULL DEFAULT '';
-- 1: it stands in line. 0: it is running, waits for its moment, or has ended. Whoever claims puts
-- into the line what has become due.
ALTER TABLE jobs ADD COLUMN is_due BIGINT NOT NULL DEFAULT 0;

DROP INDEX jobs_due;
DROP INDEX jobs_running;
-- The line itself, and those who are not in it by the moment when they will be.
CREATE INDEX jobs_due ON jobs (lane, needs, priority DESC, turn, run_at, id) WHERE is_due = 1;
CREATE INDEX jobs_later ON jobs (lane, run_at) WHERE is_due = 0 AND ended_at IS NULL;
-- How far a lane has come, and how far a group has booked, those that are done included.
CREATE INDEX jobs_taken ON jobs (lane, priority, taken_turn) WHERE taken_turn IS NOT NULL;
CREATE INDEX jobs_of_group ON jobs (COALESCE(group_key, ''), lane, priority, turn);
CREATE INDEX jobs_running ON jobs (lane, group_key)
    WHERE state = 'running' AND group_key IS NOT NULL;

-- One row a lane in which groups are limited: whoever claims there has it until the commit.
CREATE TABLE lanes (
    lane TEXT PRIMARY KEY,
    claims BIGINT NOT NULL
);

-- Those who do jobs.
CREATE TABLE workers (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    -- What it runs on, in words for people.
    device TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'draining', 'quarantined')),
    -- Why it isn't active, and since when it is as it is.
    reason TEXT,
    since BIGINT NOT NULL,
    job_id TEXT,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    CHECK ((state = 'active') = (reason IS NULL))
);

-- What each of them can do.
CREATE TABLE worker_cans (
    worker TEXT NOT NULL REFERENCES workers (name),
    need TEXT NOT NULL,
    PRIMARY KEY (worker, need)
);
CREATE INDEX worker_cans_by_need ON worker_cans (need);
