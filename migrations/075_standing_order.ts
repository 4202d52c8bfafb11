import type { Knex } from 'knex';

/**
 * The versions of standings grow in the order in which their changes are committed: they are given at the commit, when the transaction
 * holds the log's head, not when the row is written. So whoever has read one can ask what came after it, which takes one look at an index
 * however many persons an answer is about. A standing that is new needs none of this: no answer under way was decided on it. Uses are
 * counted without a new version.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE INDEX consent_standing_order ON consent_standing (recipient, dataset, purpose, version);

    CREATE FUNCTION order_standing() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE consent_standing SET version = nextval('consent_version')
       WHERE subject = NEW.subject AND recipient = NEW.recipient AND dataset = NEW.dataset AND purpose = NEW.purpose;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER consent_standing_is_ordered
      AFTER UPDATE OF consent, state, fields, not_before, until, max_uses, guardian, collected_by ON consent_standing
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_standing();
  `);
}
