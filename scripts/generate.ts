/** `npm run generate`: writes the files that are made from openapi.yaml, from the shared schemas and from the migrations. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generatedFiles, root } from './generated.ts';
import { withMigratedDatabase, writeSchemaFile } from './schemaFile.ts';

for (const [path, text] of await generatedFiles()) {
  const file = join(root, path);
  if ((await readFile(file, 'utf8').catch(() => '')) === text) continue;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  process.stdout.write(`${path}\n`);
}
const written = await withMigratedDatabase((reader) => writeSchemaFile(reader));
if (written) process.stdout.write('migrations/schema.sql\n');
