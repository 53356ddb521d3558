-- A video that was begun and left for something else: what was chosen and paid for until then is
-- found again. JSON that only the screens know.
ALTER TABLE chats ADD COLUMN begun TEXT;
