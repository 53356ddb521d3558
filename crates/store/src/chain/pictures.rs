//! The rules that lead from a wallet to a generation, its pictures, their files and the news.

use crate::ledger::Rule;

pub(super) const RULES: [Rule; 12] = [
    Rule {
        says: "a generation has a hold, made for it, of the quoted price",
        broken_by: "
            SELECT generations.user_id || ' -> ' || generations.id || ' -> '
                   || generations.hold_id,
                   'quoted ' || CAST(generations.credits AS TEXT) || ', held '
                   || COALESCE(CAST(holds.credits AS TEXT) || ' for ' || holds.cause, 'nothing')
            FROM generations LEFT JOIN holds ON holds.id = generations.hold_id
            WHERE holds.id IS NULL OR holds.cause <> generations.id
               OR holds.credits <> generations.credits
            ORDER BY generations.id LIMIT $1",
    },
    Rule {
        says: "credits are held as long as the generation is open, and no longer",
        broken_by: "
            SELECT generations.user_id || ' -> ' || generations.id || ' -> ' || holds.id,
                   'generation ' || generations.state || ', hold ' || holds.state
            FROM generations JOIN holds ON holds.id = generations.hold_id
            WHERE (generations.ended_at IS NULL) <> (holds.state = 'open')
            ORDER BY generations.id LIMIT $1",
    },
    Rule {
        says: "a generation that succeeded was charged for what was made, at the quoted price",
        broken_by: "
            SELECT generations.user_id || ' -> ' || generations.id || ' -> ' || holds.id,
                   CAST(generations.made AS TEXT) || ' made at '
                   || CAST(generations.each AS TEXT) || ' each, quoted '
                   || CAST(generations.credits AS TEXT) || ', hold ' || holds.state || ' for '
                   || CAST(holds.captured AS TEXT)
            FROM generations JOIN holds ON holds.id = generations.hold_id
            WHERE generations.state = 'SUCCEEDED'
              AND (generations.made = 0 OR holds.state <> 'captured'
                   OR holds.captured <> generations.each * generations.made
                   OR generations.credits < holds.captured)
            ORDER BY generations.id LIMIT $1",
    },
    Rule {
        says: "a generation that failed or was cancelled cost nothing",
        broken_by: "
            SELECT generations.user_id || ' -> ' || generations.id || ' -> ' || holds.id,
                   'generation ' || generations.state || ', hold ' || holds.state || ' for '
                   || CAST(holds.captured AS TEXT)
            FROM generations JOIN holds ON holds.id = generations.hold_id
            WHERE generations.state IN ('FAILED', 'CANCELED') AND holds.state <> 'released'
            ORDER BY generations.id LIMIT $1",
    },
    Rule {
        says: "what was made of a generation is there, or was",
        broken_by: "
            SELECT generations.user_id || ' -> ' || generations.id,
                   CAST(generations.made AS TEXT) || ' made, '
                   || CAST(COALESCE(written.count, 0) AS TEXT) || ' written'
            FROM generations LEFT JOIN (
                SELECT generation_id, COUNT(*) AS count FROM artifacts GROUP BY generation_id
            ) AS written ON written.generation_id = generations.id
            WHERE generations.made <> COALESCE(written.count, 0)
            ORDER BY generations.id LIMIT $1",
    },
    Rule {
        says: "pictures come of a generation that succeeded, or came late",
        broken_by: "
            SELECT generations.user_id || ' -> ' || generations.id,
                   generations.state || ', ' || CAST(generations.made AS TEXT) || ' made'
            FROM generations
            WHERE 0 < made AND state <> 'SUCCEEDED' AND late_at IS NULL
            ORDER BY generations.id LIMIT $1",
    },
    Rule {
        says: "a picture is of whoever ordered it",
        broken_by: "
            SELECT generations.user_id || ' -> ' || generations.id || ' -> ' || artifacts.id,
                   'picture of ' || artifacts.user_id || ' with '
                   || COALESCE(artifacts.avatar_id, 'nobody') || ', ordered with '
                   || COALESCE(generations.avatar_id, 'nobody') || ' of '
                   || COALESCE(avatars.user_id, generations.user_id)
            FROM artifacts JOIN generations ON generations.id = artifacts.generation_id
            LEFT JOIN avatars ON avatars.id = generations.avatar_id
            WHERE artifacts.user_id <> generations.user_id
               OR artifacts.bot_id <> generations.bot_id
               OR artifacts.product <> generations.product
               OR COALESCE(artifacts.avatar_id, '') <> COALESCE(generations.avatar_id, '')
               OR COALESCE(avatars.user_id, generations.user_id) <> generations.user_id
            ORDER BY artifacts.id LIMIT $1",
    },
    Rule {
        says: "a picture that isn't deleted has its files here",
        broken_by: "
            SELECT files.user_id || ' -> ' || files.id || ' -> ' || objects.id,
                   CASE WHEN objects.deleted_at IS NOT NULL THEN 'deleted'
                        WHEN objects.bytes = 0 THEN 'empty'
                        ELSE 'of ' || COALESCE(objects.user_id, 'nobody') END
            FROM (
                SELECT id, user_id, object_id FROM artifacts WHERE deleted_at IS NULL
                UNION ALL
                SELECT id, user_id, thumbnail_object FROM artifacts WHERE deleted_at IS NULL
            ) AS files JOIN objects ON objects.id = files.object_id
            WHERE objects.deleted_at IS NOT NULL OR objects.bytes = 0
               OR COALESCE(objects.user_id, '') <> files.user_id
            ORDER BY files.id, objects.id LIMIT $1",
    },
    Rule {
        says: "the end of a generation is told, or will be",
        broken_by: "
            SELECT generations.user_id || ' -> ' || generations.id,
                   generations.state || ', not told'
            FROM generations JOIN users ON users.id = generations.user_id
            WHERE generations.ended_at IS NOT NULL AND users.state <> 'forgotten'
              AND users.external_id IS NULL
              AND NOT EXISTS (SELECT 1 FROM tells WHERE tells.about = generations.id)
            ORDER BY generations.id LIMIT $1",
    },
    Rule {
        says: "a run of a GPU is for a generation, and of its user",
        broken_by: "
            SELECT gpu_runs.user_id || ' -> ' || gpu_runs.work_id || ' -> ' || gpu_runs.id,
                   'the generation is ' || COALESCE('of ' || generations.user_id, 'missing')
            FROM gpu_runs LEFT JOIN generations ON generations.id = gpu_runs.work_id
            WHERE generations.id IS NULL OR generations.user_id <> gpu_runs.user_id
            ORDER BY gpu_runs.id LIMIT $1",
    },
    Rule {
        says: "a run of a GPU that is open has a job that is",
        broken_by: "
            SELECT gpu_runs.work_id || ' -> ' || gpu_runs.id || ' -> ' || gpu_runs.job_id,
                   'run ' || gpu_runs.state || ', job ' || COALESCE(jobs.state, 'gone')
            FROM gpu_runs LEFT JOIN jobs ON jobs.id = gpu_runs.job_id
            WHERE gpu_runs.ended_at IS NULL AND (jobs.id IS NULL OR jobs.ended_at IS NOT NULL)
            ORDER BY gpu_runs.id LIMIT $1",
    },
    Rule {
        says: "what a GPU has made for a generation was made by one run that is done",
        broken_by: "
            SELECT generations.user_id || ' -> ' || generations.id,
                   generations.state || ', ' || CAST(COALESCE(done.count, 0) AS TEXT)
                   || ' runs are done'
            FROM generations LEFT JOIN (
                SELECT work_id, COUNT(*) AS count FROM gpu_runs WHERE state = 'done'
                GROUP BY work_id
            ) AS done ON done.work_id = generations.id
            WHERE generations.provider = 'gpu' AND generations.state = 'SUCCEEDED'
              AND COALESCE(done.count, 0) <> 1
            ORDER BY generations.id LIMIT $1",
    },
];
