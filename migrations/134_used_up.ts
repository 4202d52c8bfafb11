import type { Knex } from 'knex';

/**
 * A consent that was used for the last time gives its standing a new version, as an event would: a feed of changes then looks at the rows
 * again and tells that the row is gone. As with events the version is given at the commit; an answer that claims the last use was confirmed
 * before, by the version that it read.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE CONSTRAINT TRIGGER consent_standing_used_up AFTER UPDATE OF uses ON consent_standing
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.uses > OLD.uses AND NEW.uses >= NEW.max_uses) EXECUTE FUNCTION order_standing();
  `);
}
