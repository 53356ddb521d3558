-- Ways to the numbers that owners and operators look at, so that a bot with many customers is
-- counted as fast as one with few.

CREATE INDEX users_of_bot ON users (bot_id, created_at);
CREATE INDEX payments_of_bot ON payments (bot_id, created_at);
CREATE INDEX refunds_done ON refunds (ended_at) WHERE state = 'succeeded';
CREATE INDEX transfers_spent ON transfers (at) WHERE kind = 'spent';
CREATE INDEX provider_calls_paid ON provider_calls (at) WHERE cost_micros <> 0;
CREATE INDEX attention_about ON attention (subject);
CREATE INDEX orders_of_plan ON orders (subscription_id) WHERE subscription_id IS NOT NULL;
