/**
 * One owner says one text under one reference and language, however many register at once: an index holds it, where a look beforehand could be
 * overtaken, and older releases took a second one. There the newest text, which is the one in use, keeps the reference, and the others are told apart
 * by their digest.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    WITH numbered AS (
      SELECT digest, owner, row_number() OVER (PARTITION BY owner, reference, language ORDER BY registered_by DESC, digest) AS place
        FROM consent_notice)
    UPDATE consent_notice AS n SET reference = rtrim(left(n.reference, 40), '-') || '-' || left(n.digest, 12)
      FROM numbered WHERE numbered.digest = n.digest AND numbered.owner = n.owner AND numbered.place > 1;
    CREATE UNIQUE INDEX consent_notice_reference ON consent_notice (owner, reference, language);
  `);
}
