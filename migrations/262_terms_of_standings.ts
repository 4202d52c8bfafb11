/**
 * What a consent says, as the text that each look at it reads: made when it is given or withdrawn instead of a thousand times a page, of which
 * writing its fields was a tenth of the database's work. PostgreSQL makes it and nobody else can; the table is written anew once.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- immutable although concat_ws and array_to_string are not for arguments of every type: texts and integers have one text each
    CREATE FUNCTION standing_terms(state text, collected_by text, fields text[], max_uses integer, guardian bytea, retention text)
      RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $$
    BEGIN
      RETURN concat_ws(E'\\t', state, collected_by, array_to_string(fields, ','),
                       'u' || max_uses, 'g' || encode(guardian, 'hex'), 'r' || retention);
    END $$;
    GRANT EXECUTE ON FUNCTION standing_terms TO datong_app;
    ALTER TABLE consent_standing ADD COLUMN terms text NOT NULL GENERATED ALWAYS AS
      (standing_terms(state, collected_by, fields, max_uses, guardian, retention)) STORED;
  `);
}
