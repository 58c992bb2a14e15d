-- outbox_next has the same rows, in the order in which they are read.
DROP INDEX outbox_unsent;
