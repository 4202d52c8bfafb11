-- Part of the stream that brought a row of a first copy; NULL where an answer was acknowledged. A copy that is resumed behind an earlier part
-- takes what came later as unknown.
ALTER TABLE change_held ADD COLUMN part integer;
