-- Several processes on one database: who asks Telegram for a bot's updates, and who draws a chat.

-- One process asks at a time. NULL: nobody does.
ALTER TABLE bots ADD COLUMN poller TEXT;
ALTER TABLE bots ADD COLUMN polled_until BIGINT;

-- One process draws a chat's menu at a time. NULL: nobody does.
ALTER TABLE chats ADD COLUMN drawer TEXT;
ALTER TABLE chats ADD COLUMN drawn_until BIGINT;
