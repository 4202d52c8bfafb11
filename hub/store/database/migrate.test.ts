import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { emptyDatabase } from '../../../tests/database.ts';
import { asLogin } from './login.ts';
import { migrate } from './migrate.ts';
import { refuseForeign } from './refuseForeign.ts';

const database = await emptyDatabase();
after(() => database.cleanup());

test('a database that holds somebody else’s tables is left as it is', async () => {
  await asLogin(database.address, (login) => login.query('CREATE TABLE public.invoices (id integer)'));
  await assert.rejects(migrate(database), { code: 'database_not_empty', message: /invoices/ });
  const { rows } = await database.owner.query<{ relname: string }>(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
  );
  assert.deepEqual(rows, [{ relname: 'invoices' }]);
  await asLogin(database.address, (login) => login.query('DROP TABLE public.invoices'));
  await migrate(database);
  await refuseForeign(database.owner);
});
