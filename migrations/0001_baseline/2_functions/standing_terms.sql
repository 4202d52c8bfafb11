-- Text of a consent state as each check reads it (generated column consent_standing.terms).
-- Declared IMMUTABLE although concat_ws and array_to_string are not for every type: texts and integers have one text each.
CREATE FUNCTION standing_terms(
  state text, collected_by text, fields text[], max_uses integer, guardian bytea, retention text
)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    BEGIN
      RETURN concat_ws(E'\t', state, collected_by, array_to_string(fields, ','),
                       'u' || max_uses, 'g' || encode(guardian, 'hex'), 'r' || retention);
    END $$;
