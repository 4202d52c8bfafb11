/**
 * Files that came in before it was kept which period their oldest row is of: it is found where that can still be told, and is otherwise the oldest
 * that it may be. So their bytes go with that period too, some sooner than they had to, and none later
 * but where deletions had emptied the oldest period, which goes without a trace: then with the next one.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    DO $$
    DECLARE
      found record;
      oldest text;
      brought text;
    BEGIN
      FOR found IN
        SELECT b.id, b.state, b.dataset, d.schema, d.intake -> 'periods' ->> 'field' AS field,
               CASE d.intake -> 'periods' ->> 'every' WHEN 'year' THEN 4 ELSE 7 END AS length
          FROM batch AS b JOIN dataset AS d ON d.id = b.dataset
         WHERE d.mode = 'upsert' AND d.intake -> 'periods' IS NOT NULL AND b.oldest_period IS NULL AND b.state IN ('published', 'superseded', 'held')
           AND EXISTS (SELECT FROM batch_part AS p WHERE p.batch = b.id)
      LOOP
        IF found.state = 'held' THEN
          -- none of its rows was merged: they lie in a table of their own
          brought := 'b_' || replace(found.id::text, '-', '');
          oldest := NULL;
          IF to_regclass('rows.' || brought) IS NOT NULL THEN
            EXECUTE format(
              'SELECT min(substr(%I, 1, %s)) FROM rows.%I',
              (SELECT attname FROM pg_attribute
                WHERE attrelid = to_regclass('rows.' || brought)
                  AND attname IN ('f_' || found.field, 'h_' || substr(encode(sha256(convert_to(found.field, 'UTF8')), 'hex'), 1, 16))),
              found.length, brought) INTO oldest;
          END IF;
        ELSE
          -- later files may have replaced its rows since: the oldest period that there is, or was
          SELECT min(period) INTO oldest FROM (
            SELECT replace(substr(part.relname, 28), '_', '-') AS period
              FROM pg_inherits AS i JOIN pg_class AS part ON part.oid = i.inhrelid
             WHERE i.inhparent = to_regclass('rows.u_' || substr(encode(sha256(convert_to(found.dataset || E'\\n' ||
                     regexp_replace(found.schema, '^urn:datong:(.*):([0-9]+)\\.[0-9]+$', '\\1@\\2'), 'UTF8')), 'hex'), 1, 24))
             UNION ALL SELECT period FROM period_destruction WHERE dataset = found.dataset
          ) AS known;
        END IF;
        -- rows that came too late are in no table, and in the file all the same
        IF EXISTS (SELECT FROM quarantine WHERE batch = found.id AND problems @> '[{"rule": "period.over"}]') THEN
          oldest := '0000';
        END IF;
        UPDATE batch SET oldest_period = coalesce(oldest, '0000') WHERE id = found.id;
      END LOOP;
    END $$;
  `);
}
