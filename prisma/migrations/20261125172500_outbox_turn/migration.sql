-- The place of a published row in the order of its queue. Counting the rows before it, as was done, put a job that found a long line behind
-- all later ones that found a shorter one, without end.
ALTER TABLE outbox ADD COLUMN turn integer;
