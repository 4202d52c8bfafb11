-- Pairs of characters go into their index at once. PostgreSQL adds the pages of a list of pending ones to the cost of each look-up, and
-- then compares the pairs of all entries, which takes far longer.
ALTER INDEX catalogue_entry_grams SET (fastupdate = off);
ALTER INDEX catalogue_entry_title_grams SET (fastupdate = off);
SELECT gin_clean_pending_list('catalogue_entry_grams'), gin_clean_pending_list('catalogue_entry_title_grams');
